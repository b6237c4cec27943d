"""Which troubles of an AWS call pass by themselves: they are told as an outage, everything else as what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from executor.ports import CloudUnavailableError, ThrottledError

_THROTTLES: Final = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_ASK_AGAIN: Final = {"ExpiredToken", "ExpiredTokenException", "RequestTimeout"}
"""Codes below 500 that mean the same as a server's fault: ask again later."""


@contextmanager
def outages(call: str) -> Iterator[None]:
    """Turn what a later call may well survive into an outage.

    Args:
        call: what was asked of AWS, for the message.

    Raises:
        CloudUnavailableError: AWS could not be reached, or was at fault.
        ThrottledError: it asks for patience.
    """
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in _THROTTLES:
            raise ThrottledError(f"{call}: {error}") from error
        status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 or error.response["Error"]["Code"] in _ASK_AGAIN:
            raise CloudUnavailableError(f"{call}: {error}") from error
        raise
    except BotoCoreError as error:
        raise CloudUnavailableError(f"{call}: {error}") from error
