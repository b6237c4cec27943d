"""Every setting of the executor, from the environment; all that is wrong is said at once."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar, overload

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from contract import account_name, sign_in
from contract.ids import Bucket, Installation
from contract.policy import Caps, Limits, RetryPolicy
from contract.resources import Capacity
from executor import causes, crash_points
from executor.core import price
from executor.core.launch import LaunchProfile
from executor.core.rate import Rate

_IDENTIFIER = r"^[A-Za-z_][A-Za-z0-9_$]*$"
_NO_ACCOUNT = "SNOWFLAKE_ACCOUNT (or SNOWFLAKE_DEFAULT_CONNECTION_NAME)"
_OF_THE_LOCAL_STACK = "For the stack of reporting up, read its settings first: set -a; . .local/env; set +a"

A = TypeVar("A", bound=BaseSettings)
B = TypeVar("B", bound=BaseSettings)
C = TypeVar("C", bound=BaseSettings)

Listed = Annotated[tuple[str, ...], NoDecode]


class SettingsError(ValueError):
    """The settings cannot be used; the message lists everything that is wrong."""


class ExecutorSettings(BaseSettings):
    """``REPORTING_*``: what this installation is called, where its tasks run, how much it may do at once."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore", frozen=True)

    installation: Installation
    bucket: Bucket
    cluster: str = Field(min_length=1)
    task_definition: str = Field(pattern=r"^(arn:.*/)?[A-Za-z0-9_-]+:[0-9]+$")
    task_definition_documents: str | None = Field(default=None, pattern=r"^(arn:.*/)?[A-Za-z0-9_-]+:[0-9]+$")
    container: str = "report"
    subnets: Listed = Field(min_length=1)
    security_groups: Listed = ()
    assign_public_ip: bool = False
    executor_role: str | None = Field(default=None, pattern=_IDENTIFIER)
    probe_role: str | None = Field(default=None, pattern=_IDENTIFIER)
    capacity: Capacity = Capacity.SPOT_FIRST
    log_group: str = "/reporting/jobs"
    log_stream_prefix: str = "report"
    max_running: int = Field(default=50, ge=1)
    max_running_per_type: int | None = Field(default=None, ge=1)
    max_running_per_requester: int | None = Field(default=None, ge=1)
    max_infra_failures: int = Field(default=5, ge=0)
    max_memory_mb: int = Field(default=16_384, ge=512, le=122_880)
    launches_per_s: float = Field(default=20.0, gt=0, le=100)
    launch_burst: int = Field(default=10, ge=1, le=100)
    reads_per_s: float = Field(default=5.0, gt=0, le=100)
    read_burst: int = Field(default=25, ge=1, le=100)
    max_queue_age_s: int = Field(default=604_800, ge=60)
    poll_interval_s: float = Field(default=2.0, ge=0.1, le=60)
    watch_interval_s: float = Field(default=2.0, ge=0.1, le=60)
    watch_interval_max_s: float = Field(default=30.0, ge=0.1, le=600)
    flush_interval_s: float = Field(default=1.0, ge=0.1, le=60)
    hints_queue_url: str | None = Field(default=None, pattern=r"^https?://")
    crash_at: str | None = None
    reconcile_interval_s: float = Field(default=300.0, ge=10, le=3600)
    status_freshness_s: float | None = Field(default=None, ge=0)
    prices: dict[str, price.Rate] | None = None
    causes_file: Annotated[str | None, AfterValidator(causes.usable)] = None
    metrics: Literal["off", "emf"] = "off"
    heartbeat_file: str | None = None
    allow_password: Annotated[bool, BeforeValidator(sign_in.allows_password)] = False

    @field_validator("subnets", "security_groups", mode="before")
    @classmethod
    def _from_commas(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("crash_at")
    @classmethod
    def _a_crash_point(cls, value: str | None) -> str | None:
        if value is not None:
            crash_points.parsed(value)
        return value

    def launch_profile(self) -> LaunchProfile:
        """Where new tasks are launched."""
        return LaunchProfile(
            cluster=self.cluster,
            task_definition=self.task_definition,
            container=self.container,
            subnets=self.subnets,
            security_groups=self.security_groups,
            assign_public_ip=self.assign_public_ip,
        )

    def limits(self) -> Limits:
        """How much may run at once."""
        caps = Caps(per_type=self.max_running_per_type, per_requester=self.max_running_per_requester)
        return Limits(max_running=self.max_running, caps=caps)

    def retry_policy(self) -> RetryPolicy:
        """The budget for failures of the cloud, and how far a job is helped along."""
        return RetryPolicy(
            max_infra_failures=self.max_infra_failures,
            max_wait_s=self.max_queue_age_s,
            max_memory_mb=self.max_memory_mb,
        )

    def launch_rate(self) -> Rate:
        """How often tasks may be launched and stopped."""
        return Rate(self.launches_per_s, self.launch_burst)

    def read_rate(self) -> Rate:
        """How often ECS may be asked about tasks."""
        return Rate(self.reads_per_s, self.read_burst)


class ObjectNames(BaseSettings):
    """The queue in Snowflake: database, schema, warehouse, integrations, and how long jobs are kept.

    ``keep_days`` is over the 100 days of the calendar, so that no report counts as missing because it was forgotten.
    """

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore", frozen=True)

    database: str = Field(default="ANALYTICS_PLATFORM", pattern=_IDENTIFIER)
    schema_name: str = Field(default="REPORTING", alias="REPORTING_SCHEMA", pattern=_IDENTIFIER)
    warehouse: str = Field(default="REPORTS_WH", pattern=_IDENTIFIER)
    storage_integration: str | None = Field(default=None, pattern=_IDENTIFIER)
    keep_days: int = Field(default=400, gt=100, le=3650)
    doorbell_integration: str | None = Field(default=None, pattern=_IDENTIFIER)
    operators_integration: str | None = Field(default=None, pattern=_IDENTIFIER)


class SnowflakeSettings(BaseSettings):
    """``SNOWFLAKE_*``: the connector's own names, laid over a connection of ``connections.toml`` where one is named."""

    model_config = SettingsConfigDict(env_prefix="SNOWFLAKE_", extra="ignore", frozen=True)

    account: str | None = None
    user: str | None = None
    password: SecretStr | None = None
    authenticator: str | None = None
    workload_identity_provider: str | None = None
    private_key: SecretStr | None = None
    private_key_passphrase: SecretStr | None = None
    private_key_file: str | None = None
    private_key_file_pwd: SecretStr | None = None
    token_file_path: str | None = None
    host: str | None = None
    port: int | None = None
    protocol: str | None = None
    role: str | None = None
    default_connection_name: str | None = None

    @field_validator("account")
    @classmethod
    def _a_form_that_snowflake_knows(cls, value: str | None) -> str | None:
        if value is not None and (why := account_name.wrong(value)):
            raise ValueError(why)
        return value

    def problems(self, *, service: bool, allow_password: bool) -> list[str]:
        """Everything that keeps these settings from signing in, each by its variable; ``service``: nobody watches."""
        given = {name: str(value) for name, value in self._given().items()}
        if self.default_connection_name:
            found = sign_in.clashes(given, is_file=_is_file)
        else:
            allowed = {"allow_password": "true"} if allow_password else {}
            found = sign_in.problems(given | allowed, is_file=_is_file, service=service)
        lines = [str(problem) for problem in found]
        if not (self.default_connection_name or self.account):
            lines[0] = f"{_NO_ACCOUNT}: is not set"
        return lines

    def _given(self) -> dict[str, Any]:
        return {
            name: value.get_secret_value() if isinstance(value, SecretStr) else value
            for name, value in dict(self).items()
            if value not in (None, "") and name != "default_connection_name"
        }

    def connect_arguments(self, names: ObjectNames) -> dict[str, Any]:
        """What ``snowflake.connector.connect`` takes, database, schema and warehouse included."""
        own = sign_in.arguments(self._given())
        if self.default_connection_name:
            # The connector lays what is given here over what connections.toml says.
            own["connection_name"] = self.default_connection_name
        # The connector would ask cloud metadata services who we are, for its statistics: a third of a second each time.
        own["platform_detection_timeout_seconds"] = 0.0
        return own | {"database": names.database, "schema": names.schema_name, "warehouse": names.warehouse}


def _is_file(path: str) -> bool:
    return Path(path).is_file()


def explain(error: ValidationError, prefix: str) -> str:
    """Everything wrong with the settings, one line each, named as the environment names it."""
    lines = []
    for item in error.errors(include_url=False, include_input=False):
        name = str(item["loc"][0]).upper() if item["loc"] else ""
        name = name if name.startswith(prefix) else prefix + name
        lines.append(f"  {name}: {_says(item['type'], item.get('ctx', {}), item['msg'])}")
    return "\n".join(lines)


def _says(kind: str, context: Mapping[str, Any], message: str) -> str:
    if kind == "missing":
        return "is not set"
    if context.get("pattern") == _IDENTIFIER:
        return "is no plain name: letters, digits, _ and $, as in REPORTS_WH"
    return message.removeprefix("Value error, ")


@overload
def load(first: type[A], second: type[B], /, *, also: Sequence[str] = ()) -> tuple[A, B]: ...
@overload
def load(first: type[A], second: type[B], third: type[C], /, *, also: Sequence[str] = ()) -> tuple[A, B, C]: ...
def load(*kinds: type[BaseSettings], also: Sequence[str] = ()) -> tuple[BaseSettings, ...]:
    """Settings of these kinds from the environment; ``also`` is what the caller itself found wrong, ``NAME: why``.

    Raises:
        SettingsError: with everything that is missing or wrong, at once, each by its variable.
    """
    found: list[BaseSettings] = []
    wrong: list[str] = []
    for kind in kinds:
        try:
            found.append(kind())
        except ValidationError as error:
            wrong.append(explain(error, kind.model_config.get("env_prefix", "")))
    executor = next((one for one in found if isinstance(one, ExecutorSettings)), None)
    for one in found:
        if isinstance(one, SnowflakeSettings):
            allowed = executor is not None and executor.allow_password
            told = one.problems(service=ExecutorSettings in kinds, allow_password=allowed)
            wrong += [f"  {line}" for line in told]
    if wrong := [*wrong, *(f"  {line}" for line in also)]:
        hint = [_OF_THE_LOCAL_STACK] if f"  {_NO_ACCOUNT}: is not set" in wrong else []
        raise SettingsError("\n".join(["these settings cannot be used:", *wrong, *hint]))
    return tuple(found)
