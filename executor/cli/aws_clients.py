"""Clients of AWS for the command line, all made here, and what a refusal of AWS means for the exit code."""

import threading
from collections.abc import Callable
from typing import Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from executor.cli import local_settings as local
from executor.cli.errors import CommandError, Exit

LOOKING: Final = Config(connect_timeout=4, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 3})
"""For verbs that only read."""
IN_A_CHECK: Final = Config(connect_timeout=4, read_timeout=8, retries={"mode": "standard", "total_max_attempts": 2})
"""For the doctor, each of whose checks has ten seconds, and tells in them that nobody answers."""
CHANGING: Final = Config(connect_timeout=10, read_timeout=60, retries={"mode": "standard", "total_max_attempts": 5})
"""For what changes an environment: a step that is given up costs more than one that is waited for."""
_SIGN_IN: Final = frozenset({
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
    "InvalidClientTokenId", "InvalidSignatureException", "InvalidToken", "MissingAuthenticationToken",
    "RequestExpired", "SignatureDoesNotMatch", "UnrecognizedClientException",
})  # fmt: skip
"""Common errors of AWS's APIs, and S3's own, that mean that it does not know who asks."""
_THEIRS: Final = 500

Clients = Callable[[str], Any]
"""Gives a client by a service's name."""


def clients(config: Config = LOOKING, session: Any = boto3, at: Callable[[], str] | None = None) -> Clients:
    """What makes a client of a service when it is first asked for; sessions are not for several threads at once.

    Args:
        config: how patient they are.
        session: whose account and region; without it, those of the environment.
        at: tells where a local AWS answers.
    """
    making, made = threading.Lock(), dict[str, Any]()

    def client(service: str) -> Any:
        with making:
            if service not in made:  # making one reads the whole description of its service
                where = {"endpoint_url": at()} if at else {}
                made[service] = session.client(service, config=config, **where)
            return made[service]

    return client


def local_clients(region: str, at: Callable[[], str]) -> Clients:
    """Clients of a region of a local AWS, whatever the shell says of a real one.

    Args:
        region: the region.
        at: tells where it answers.
    """
    return clients(CHANGING, boto3.Session(local.ACCESS_KEY_ID, local.SECRET_ACCESS_KEY, region_name=region), at)


def exit_of(error: Exception) -> Exit:
    """The exit code for an error of AWS's SDK: it was reached and said no, or it was not, or does not know who asks."""
    if not isinstance(error, ClientError):
        return Exit.UNREACHABLE
    status = int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    unknown = str(error.response["Error"]["Code"]) in _SIGN_IN
    return Exit.UNREACHABLE if unknown or status >= _THEIRS else Exit.FAILED


def refusal(error: Exception, what: str = "") -> CommandError:
    """An error of AWS's SDK as one sentence; ``what`` was asked about."""
    about, of = (f" {what}", f" for {what}") if what else ("", "")
    if isinstance(error, ClientError):
        return CommandError(f"AWS refuses{about}: {error}", exit_of(error))
    return CommandError(f"AWS cannot be asked{of}: {error}", exit_of(error))
