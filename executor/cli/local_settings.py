"""The settings of the local stack, as clients need them: environment lines and ``connections.toml``."""

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlparse

INSTALLATION: Final = "local"
BUCKET: Final = "reporting-local"
CLUSTER: Final = "reporting"
FAMILY: Final = "reporting-runner"
IMAGE: Final = "reporting-runner:local"
LOG_GROUP: Final = "/reporting/jobs"
REGION: Final = "us-east-1"
DATABASE: Final = "ANALYTICS_PLATFORM"
SCHEMA: Final = "REPORTING"
WAREHOUSE: Final = "REPORTS_WH"
CONNECTION: Final = "local"
STORAGE_INTEGRATION: Final = "REPORTS_IN_S3"
DOORBELL_INTEGRATION: Final = "REPORTS_DOORBELL"
DOORBELL_TOPIC: Final = f"arn:aws:sns:{REGION}:123456789012:{CLUSTER}-doorbell"
DOORBELL_ROLE: Final = "arn:aws:iam::123456789012:role/snowflake-rings-the-doorbell"
STORAGE_ROLE: Final = "arn:aws:iam::123456789012:role/snowflake-reads-reports"
USER: Final = "REPORTING"
ADMINISTRATOR: Final = "ACCOUNTADMIN"
OPERATOR: Final = "REPORT_OPERATOR"
RUNNER: Final = "REPORT_RUNNER"
LOOPBACK: Final = "127.0.0.1"
ACCESS_KEY_ID: Final = "AKIALOCALCLOUD000000"
SECRET_ACCESS_KEY: Final = "local"  # noqa: S105 - the local AWS takes every one


def snowflake_environment(endpoint: str, role: str = OPERATOR) -> dict[str, str]:
    """How a client signs in to the local Snowflake with one of its roles; it takes every password."""
    url = urlparse(endpoint)
    return {
        "SNOWFLAKE_ACCOUNT": "local",
        "SNOWFLAKE_USER": USER,
        "SNOWFLAKE_PASSWORD": "local-only",
        "SNOWFLAKE_HOST": str(url.hostname),
        "SNOWFLAKE_PORT": str(url.port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_DATABASE": DATABASE,
        "SNOWFLAKE_SCHEMA": SCHEMA,
        "SNOWFLAKE_WAREHOUSE": WAREHOUSE,
        "SNOWFLAKE_ROLE": role,
    }


def aws_environment(endpoint: str) -> dict[str, str]:
    """How any client reaches the local AWS; it takes every credential."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": ACCESS_KEY_ID,
        "AWS_SECRET_ACCESS_KEY": SECRET_ACCESS_KEY,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def reporting_environment(
    task_definition: str, subnets: tuple[str, ...], groups: tuple[str, ...], hints_queue_url: str
) -> dict[str, str]:
    """The executor's own settings."""
    return {
        "REPORTING_INSTALLATION": INSTALLATION,
        "REPORTING_BUCKET": BUCKET,
        "REPORTING_CLUSTER": CLUSTER,
        "REPORTING_TASK_DEFINITION": task_definition,
        "REPORTING_SUBNETS": ",".join(subnets),
        "REPORTING_SECURITY_GROUPS": ",".join(groups),
        "REPORTING_LOG_GROUP": LOG_GROUP,
        "REPORTING_HINTS_QUEUE_URL": hints_queue_url,
        "REPORTING_DATABASE": DATABASE,
        "REPORTING_SCHEMA": SCHEMA,
        "REPORTING_WAREHOUSE": WAREHOUSE,
        "REPORTING_STORAGE_INTEGRATION": STORAGE_INTEGRATION,
        "REPORTING_DOORBELL_INTEGRATION": DOORBELL_INTEGRATION,
        "REPORTING_EXECUTOR_ROLE": "REPORT_EXECUTOR",
        "REPORTING_PROBE_ROLE": "REPORT_PROBE",
        "REPORTING_PREVIEW_ROLE": RUNNER,
        # Nothing is billed here, so looking often costs nothing and a first try feels quick.
        "REPORTING_POLL_INTERVAL_S": "0.5",
        "REPORTING_WATCH_INTERVAL_S": "0.5",
        "REPORTING_FLUSH_INTERVAL_S": "0.3",
        "REPORTING_STATUS_FRESHNESS_S": "0",
    }


def write_files(folder: Path, environment: Mapping[str, str]) -> None:
    """Write ``env`` (KEY=value lines, quoted where a shell needs it) and ``connections.toml``.

    Both can be read by their owner only, as clients demand.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(f"{name}={shlex.quote(value)}\n" for name, value in environment.items())
    _write(folder / "env", lines)
    keys = {name: name.removeprefix("SNOWFLAKE_").lower() for name in environment if name.startswith("SNOWFLAKE_")}
    keys = {name: key for name, key in keys.items() if key not in {"home", "default_connection_name"}}
    toml = f"[{CONNECTION}]\n" + "".join(
        f"{key} = {environment[name]}\n" if key == "port" else f'{key} = "{environment[name]}"\n'
        for name, key in keys.items()
    )
    _write(folder / "connections.toml", toml)


def read_env(folder: Path) -> dict[str, str]:
    """The settings of the last time; empty when there was none."""
    try:
        lines = (folder / "env").read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return {}
    pairs = (line.partition("=") for line in lines)
    return {name: "".join(shlex.split(value)) for name, equals, value in pairs if equals}


def _write(path: Path, text: str) -> None:
    fresh = path.with_suffix(path.suffix + ".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
