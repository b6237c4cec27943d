"""One environment: the few things that a deployment has to be told, from one file."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from executor.settings import ObjectNames, SettingsError

_NAME: Final = r"^[a-z][a-z0-9-]{0,19}$"
_IDENTIFIER: Final = r"^[A-Za-z_][A-Za-z0-9_$]*$"
FOLDER: Final = Path("infra/environments")
TAKEN: Final = frozenset(
    {
        "Environment", "Architecture", "VpcId", "SubnetIds", "AssignPublicIp", "ExecutorImage", "RunnerImage",
        "DocumentsImage", "SnowflakeAccount", "SnowflakeHost", "SnowflakePort", "SnowflakeProtocol", "Database",
        "Schema", "Warehouse", "ExecutorUser", "RunnerUser", "ExecutorSecretArn", "RunnerSecretArn", "LinksUserArn",
        "LinksExternalId", "DoorbellUserArn", "DoorbellExternalId",
    }
)  # fmt: skip
"""Parameters of the template that the deployment itself fills in."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SnowflakeSide(_Part):
    """Which account, which objects, and how executor and runner sign in."""

    account: str = Field(min_length=1)
    host: str = ""
    port: int = 443
    protocol: Literal["https", "http"] = "https"
    database: str = Field(default="ANALYTICS_PLATFORM", pattern=_IDENTIFIER)
    schema_name: str = Field(default="REPORTING", pattern=_IDENTIFIER, alias="schema")
    warehouse: str = Field(default="REPORTS_WH", pattern=_IDENTIFIER)
    sign_in: Literal["workload-identity", "key-pair"] = "workload-identity"


class Environment(_Part):
    """An environment, as its file says it; ``stack`` has further parameters of the template by their names."""

    cloud: Literal["aws", "local"] = "aws"
    name: str = Field(pattern=_NAME)
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    architecture: Literal["ARM64", "X86_64"] = "ARM64"
    vpc: str = Field(pattern=r"^vpc-[0-9a-f]+$")
    subnets: tuple[Annotated[str, Field(pattern=r"^subnet-[0-9a-f]+$")], ...] = Field(min_length=1)
    assign_public_ip: bool = False
    base_image: str | None = None
    snowflake: SnowflakeSide
    stack: dict[str, str | int | float] = Field(default_factory=dict)

    @property
    def stack_name(self) -> str:
        """The name of the stack in CloudFormation."""
        return f"reporting-{self.name}"

    @property
    def bells_name(self) -> str:
        """The notification integration in Snowflake, which an account has one namespace of."""
        return f"REPORTS_DOORBELL_{self._suffix}"

    @property
    def links_name(self) -> str:
        """The storage integration in Snowflake."""
        return f"REPORTS_IN_S3_{self._suffix}"

    def bucket(self, account: str) -> str:
        """The bucket, whose name is known before the stack is there and after it went; ``account`` is that of AWS."""
        return f"reporting-{self.name}-{account}-{self.region}"

    def user(self, program: str) -> str:
        """The Snowflake user of a program."""
        return f"REPORTING_{self._suffix}_{program.upper()}"

    def names(self) -> ObjectNames:
        """The objects in Snowflake, with the integrations that a deployment makes."""
        return ObjectNames(
            database=self.snowflake.database,
            REPORTING_SCHEMA=self.snowflake.schema_name,
            warehouse=self.snowflake.warehouse,
            storage_integration=self.links_name,
            doorbell_integration=self.bells_name,
        )

    @property
    def _suffix(self) -> str:
        return self.name.upper().replace("-", "_")


def from_file(name: str, folder: Path = FOLDER) -> Environment:
    """The environment of ``<folder>/<name>.toml``.

    Raises:
        SettingsError: there is no such file, or with everything that is wrong in it.
    """
    found = read(name, folder)
    if found is None:
        there = ", ".join(sorted(one.stem for one in folder.glob("*.toml"))) or "none"
        raise SettingsError(
            f"there is no {folder / name}.toml (there: {there}); copy {folder}/example.toml to it and fill it in"
        )
    return of(name, found, folder)


def read(name: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """What ``<folder>/<name>.toml`` says; None when there is no such file.

    Raises:
        SettingsError: it cannot be read.
    """
    path = folder / f"{name}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path} cannot be read: {error}") from error


def of(name: str, found: Mapping[str, Any], folder: Path = FOLDER) -> Environment:
    """The environment that a file says.

    Raises:
        SettingsError: with everything that is wrong in it.
    """
    path = folder / f"{name}.toml"
    try:
        environment = Environment.model_validate({"name": name, **found})
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        raise SettingsError(f"{path} cannot be used:\n" + "\n".join(lines)) from error
    if taken := sorted(set(environment.stack) & TAKEN):
        raise SettingsError(f"{path} cannot be used:\n  stack: {', '.join(taken)} is filled in by the deployment")
    return environment
