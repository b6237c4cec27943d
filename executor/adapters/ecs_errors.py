"""What an error of RunTask means for its replay."""

import re
from typing import Final

from executor.core.launch_answers import LaunchAnswer, Refused, Throttled, Unknown

_THROTTLED: Final = {"ThrottlingException", "Throttling", "RequestLimitExceeded", "TooManyRequestsException"}
_OURS: Final = {
    "AccessDeniedException",
    "ClientException",
    "ClusterNotFoundException",
    "InvalidParameterException",
    "PlatformUnknownException",
    "PlatformTaskDefinitionIncompatibilityException",
    "UnsupportedFeatureException",
    "BlockedException",
}
# Fargate says in the words of a wrong request that it has no room, or that the account's quota is used up.
_NO_ROOM: Final = re.compile(r"Capacity is unavailable at this time")
_QUOTA: Final = re.compile(r"reached the limit on the number of|provisioning capacity limit exceeded")
# EC2 throttles the look-up of subnets inside RunTask, and ECS reports it as a wrong parameter.
_DISGUISED: Final = re.compile(r"\(ErrorCode:\s*(Throttling|RequestLimitExceeded)\)|Rate exceeded")


def answer_of(code: str, message: str) -> LaunchAnswer:
    """The answer that an error code and text of RunTask amount to."""
    if code in _THROTTLED or _DISGUISED.search(message) or _QUOTA.search(message):
        return Throttled(f"{code}: {message}")
    if _NO_ROOM.search(message):
        return Refused(f"{code}: {message}")
    if code in _OURS:
        return Refused(f"{code}: {message}", permanent=True)
    return Unknown(f"{code}: {message}")
