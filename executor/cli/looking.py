"""How ``doctor`` asks: AWS through boto3, Snowflake through one connection, both only to read."""

import os
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from contract.sign_in import Way
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError
from executor.cli.aws_clients import IN_A_CHECK, clients
from executor.cli.client import Client, connected
from executor.cli.errors import CommandError
from executor.cli.region import region_faults
from executor.deploy.signing_in import explicit
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings, load

_CONNECT_S: Final = 4
_DENIED: Final = frozenset({
    "AccessDenied", "AccessDeniedException", "AccessDeniedFault", "AuthorizationError", "UnauthorizedOperation",
})  # fmt: skip
_PREFIXES: Final = {"service-quotas": "servicequotas"}
_RIGHTS: Final = {
    "HeadBucket": "ListBucket",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
}
_FILE_BYTES: Final = 1_000_000


@contextmanager
def place() -> Iterator[Place]:
    """The installation of the environment, whether or not its settings can be used."""
    settings, names, wrong = _settings()
    with ExitStack() as open_:
        yield Place(
            given=settings,
            names=names,
            wrong=wrong,
            aws=_Aws(),
            rows=_Snowflake(open_),
            is_local=any(name.startswith("AWS_ENDPOINT_URL") for name in os.environ),
            region=_region(),
            **_sign_in(),
            fetch=_fetched,
        )


def _settings() -> tuple[ExecutorSettings | None, ObjectNames, str]:
    try:
        settings, names, _ = load(ExecutorSettings, ObjectNames, SnowflakeSettings, also=region_faults())
    except SettingsError as error:
        wrong = str(error)
    else:
        return settings, names, ""
    try:
        return ExecutorSettings(), ObjectNames(), wrong  # what is wrong may be about Snowflake only
    except ValueError:
        return None, ObjectNames.model_construct(), wrong


def _sign_in() -> dict[str, str]:
    """Account and way as they are set, by the environment or by the connection that it names."""
    try:
        _, snowflake = load(ObjectNames, SnowflakeSettings)
        given = explicit(snowflake.connect_arguments(ObjectNames()))
    except (SettingsError, ValueError):
        return {}
    way = str(given.get("authenticator") or Way.PASSWORD).upper()
    return {"account": str(given.get("account") or ""), "way": way}


def _region() -> str:
    try:
        return boto3.session.Session().region_name or ""
    except BotoCoreError:
        return ""


def _fetched(url: str) -> bytes:
    if not url.startswith(("https://", "http://127.0.0.1")):
        raise CannotLookError(f"{url.partition('?')[0]} is no address of AWS")
    try:
        with urllib.request.urlopen(url, timeout=_CONNECT_S) as answer:  # noqa: S310 - its scheme was just looked at
            return bytes(answer.read(_FILE_BYTES))
    except OSError as error:
        raise CannotLookError(f"{url.partition('?')[0]} cannot be fetched: {error}") from error


class _Aws:
    """Calls AWS, and tells denials apart from other refusals."""

    def __init__(self) -> None:
        self._clients = clients(IN_A_CHECK)

    def __call__(self, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._clients(service), operation)(**arguments)
        except ClientError as error:
            raise _refusal(service, error) from error
        except BotoCoreError as error:
            raise CannotLookError(f"AWS cannot be asked: {error}") from error
        asked_at = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        if asked_at:
            answer["ResponseMetadata"]["asked_at"] = theirs = parsedate_to_datetime(asked_at)
            ours = datetime.now(UTC)  # noqa: TID251 - how far this machine's clock is off is what is asked
            answer["ResponseMetadata"]["clock_ahead_s"] = (ours - theirs).total_seconds()
        return answer


def _refusal(service: str, error: ClientError) -> Exception:
    code, message = str(error.response["Error"]["Code"]), str(error.response["Error"].get("Message", ""))
    operation = error.operation_name
    if code in _DENIED:
        right = f"{_PREFIXES.get(service, service)}:{_RIGHTS.get(operation, operation)}"
        return CannotLookError(f"this takes the right {right}, which is denied: {message}")
    if code == "NotImplemented":
        return CannotLookError(message)
    return RefusedError(code, f"{code}: {message}")


class _Snowflake:
    """Runs statements on one connection, which threads may share (PEP 249, level 2); signs in when first asked."""

    def __init__(self, open_: ExitStack) -> None:
        self._open, self._one = open_, threading.Lock()
        self._client: Client | None = None
        self._refused: RefusedError | None = None

    def __call__(self, statement: str, **values: object) -> list[dict[str, Any]]:
        with self._one:
            client = self._signed_in()
        try:
            return client.rows(statement, **values)
        except CommandError as error:
            raise RefusedError("refused", str(error)) from error

    def _signed_in(self) -> Client:
        if self._refused is not None:
            raise self._refused
        if self._client is None:
            try:
                self._client = self._open.enter_context(connected("doctor"))
            except CommandError as error:
                self._refused = RefusedError(SIGN_IN, str(error))
                raise self._refused from error
        return self._client
