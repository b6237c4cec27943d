"""Which troubles of an AWS call pass by themselves: they are told as an outage, everything else as what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from executor.port_errors import CloudUnavailableError, ThrottledError

_THROTTLES: Final = {
    "RequestLimitExceeded",
    "SlowDown",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
}
_SIGN_IN: Final = {
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
"""AWS does not let us in (the Common Errors of the API references, S3's list of error codes)."""
_MISSING: Final = {"ClusterNotFoundException", "NoSuchBucket"}
"""What all jobs need is not there."""
_ASK_AGAIN: Final = {"RequestTimeout"} | _SIGN_IN | _MISSING
"""Codes below 500 after which only later calls can succeed: a person has to put something right, or time passes."""
_DENIED: Final = {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403"}


@contextmanager
def outages(call: str, *, for_all: bool = False) -> Iterator[None]:
    """Turn what a later call may well survive into an outage.

    Args:
        call: what was asked of AWS, for the message.
        for_all: the call is not about one job, so that a right that is missing keeps all of them waiting.

    Raises:
        CloudUnavailableError: AWS could not be reached, or was at fault.
        ThrottledError: it asks for patience.
    """
    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in _THROTTLES:
            raise ThrottledError(f"{call}: {error}") from error
        status: int = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        if status >= 500 or code in _ASK_AGAIN or (for_all and code in _DENIED):
            raise CloudUnavailableError(f"{call}: {error}") from error
        raise
    except BotoCoreError as error:
        raise CloudUnavailableError(f"{call}: {error}") from error
