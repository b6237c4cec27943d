"""Which troubles of an AWS call pass by themselves: they are told as an outage, everything else as what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from executor.ports import CloudUnavailableError

_ASK_AGAIN: Final = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
"""Codes below 500 that mean the same as a server's fault: ask again later."""


@contextmanager
def outages(call: str) -> Iterator[None]:
    """Turn what a later call may well survive into an outage.

    Args:
        call: what was asked of AWS, for the message.

    Raises:
        CloudUnavailableError: AWS could not be reached, was at fault, or asks for patience.
    """
    try:
        yield
    except ClientError as error:
        status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 or error.response["Error"]["Code"] in _ASK_AGAIN:
            raise CloudUnavailableError(f"{call}: {error}") from error
        raise
    except BotoCoreError as error:
        raise CloudUnavailableError(f"{call}: {error}") from error
