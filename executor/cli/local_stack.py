"""The whole system on one machine: local Snowflake, local AWS, the product installed, sample data, an executor."""

import json
import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.cli import local_settings as local
from executor.cli.aws_options import AwsOptions
from executor.cli.children import Child
from executor.cli.errors import CommandError
from executor.deploy import snowflake as snowflake_side
from executor.settings import ObjectNames, SnowflakeSettings

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports of the two endpoints; 0 takes a free one."""

    snowflake: int = 0
    aws: int = 0


@dataclass(frozen=True, slots=True)
class Stack:
    """What runs, and the environment by which clients reach it."""

    environment: dict[str, str]
    children: tuple[Child, ...]

    def check(self) -> None:
        """See that every part runs.

        Raises:
            CommandError: one has ended; its last words are in the message.
        """
        for child in self.children:
            if not child.runs:
                raise CommandError(f"{child.name} has ended; its last words:\n{child.last_words()}")


@contextmanager
def local_stack(
    folder: Path, *, executor: bool, ports: Ports, aws_options: AwsOptions, say: Say, privileges: bool = True
) -> Iterator[Stack]:
    """Start everything, and end it in order: the executor first, so that it can write back what it knows.

    Args:
        folder: data, logs and settings; what it already holds is used again.
        executor: whether to start an executor too.
        ports: TCP ports of the endpoints.
        aws_options: how the local AWS shall behave.
        say: told each step.
        privileges: whether the local Snowflake refuses what a role was not granted.

    Raises:
        CommandError: a part did not start; its last words are in the message.
    """
    folder = folder.resolve()
    fresh = not (folder / "snowflake").exists()
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    children: list[Child] = []
    try:
        endpoints = _start_cloud(folder, _settled(ports, folder), aws_options, children, privileges=privileges)
        say(f"local Snowflake {endpoints['snowflake']}, local AWS {endpoints['aws']}: answer")
        environment = _install(folder, endpoints, say, fresh=fresh)
        local.write_files(folder, environment)
        if executor:
            children.append(_executor(folder, environment))
            say("executor: started")
        yield Stack(environment, tuple(children))
    finally:
        for child in reversed(children):
            child.stop()


def _settled(ports: Ports, folder: Path) -> Ports:
    # The ports of the last time, where they are still free: then settings that somebody sourced stay good.
    last = local.read_env(folder)
    snowflake_port = ports.snowflake or _if_free(last.get("SNOWFLAKE_PORT", "0"))
    return Ports(snowflake_port, ports.aws or _if_free(last.get("AWS_ENDPOINT_URL", "0").rpartition(":")[2]))


def _free() -> int:
    with socket.create_server((local.LOOPBACK, 0)) as found:
        return int(found.getsockname()[1])


def _if_free(port: str) -> int:
    try:
        with socket.create_server((local.LOOPBACK, int(port))):
            return int(port)
    except (OSError, ValueError, OverflowError):
        return 0


def _start_cloud(
    folder: Path, ports: Ports, aws_options: AwsOptions, children: list[Child], *, privileges: bool
) -> dict[str, str]:
    images = folder / "images.json"
    if not images.exists():
        images.write_text("{}", encoding="utf-8")
    aws_port = ports.aws or _free()  # chosen here, because the local Snowflake is told it when both start
    common = ["--die-with-parent", "--data-dir"]
    python = [sys.executable, "-m"]
    snowflake_child = Child(
        "the local Snowflake",
        [
            *python, "local_cloud.snowflake", "--port", str(ports.snowflake), *common, str(folder / "snowflake"),
            "--administrators", local.USER, *([] if privileges else ["--no-privileges"]),
            "--aws-endpoint-url", f"http://{local.LOOPBACK}:{aws_port}",
        ],
        folder / "logs" / "snowflake.log",
    )  # fmt: skip
    children.append(snowflake_child)
    aws_child = Child(
        "the local AWS",
        [
            *python, "local_cloud.aws", "--port", str(aws_port), *common, str(folder / "aws"),
            "--images", str(images), *aws_options.words(),
        ],
        folder / "logs" / "aws.log",
    )  # fmt: skip
    children.append(aws_child)
    return {"snowflake": snowflake_child.ready()["endpoint"], "aws": aws_child.ready()["endpoint"]}


def _install(folder: Path, endpoints: Mapping[str, str], say: Say, *, fresh: bool) -> dict[str, str]:
    as_runner = local.snowflake_environment(endpoints["snowflake"], local.RUNNER)
    settings = only(local.snowflake_environment(endpoints["snowflake"], local.ADMINISTRATOR))
    names = ObjectNames(database=local.DATABASE, warehouse=local.WAREHOUSE, REPORTING_SCHEMA=local.SCHEMA)
    with ThreadPoolExecutor(2) as beside:  # most of a deployment is waiting for the other side
        making_aws = beside.submit(_aws_resources, folder, endpoints["aws"], as_runner)
        sample = _SampleData(beside, ahead=fresh)
        _deploy(settings, names, say)
        outputs = making_aws.result()
        say(f"bucket {local.BUCKET}, cluster {local.CLUSTER}, task definition {outputs.task_definition}: there")
        sample.load(settings, names, say)
    return {
        **local.aws_environment(endpoints["aws"]),
        **local.snowflake_environment(endpoints["snowflake"], local.OPERATOR),
        "SNOWFLAKE_HOME": str(folder),
        "SNOWFLAKE_DEFAULT_CONNECTION_NAME": local.CONNECTION,
        **local.reporting_environment(
            outputs.task_definition, outputs.subnets, outputs.security_groups, outputs.hints_queue_url
        ),
    }


def only(signing_in: Mapping[str, str]) -> SnowflakeSettings:
    """Settings of these variables alone: what the shell says of some account must not reach the local Snowflake."""
    nothing = dict.fromkeys(SnowflakeSettings.model_fields)
    given = {key.removeprefix("SNOWFLAKE_").lower(): value for key, value in signing_in.items()}
    return SnowflakeSettings.model_validate(nothing | given)


def _aws_resources(folder: Path, endpoint: str, signing_in: Mapping[str, str]) -> Any:
    try:
        from local_cloud.aws.bootstrap import create_stack  # noqa: PLC0415 - only this command needs the local extra
    except ImportError as error:
        raise CommandError('the local cloud is not installed; run: pip install "reporting[local]"') from error
    # What docker would run for this image: the runner of this checkout, in an environment of its own.
    image = {"command": [sys.executable, "-m", "runner"], "working_dir": str(folder)}
    (folder / "images.json").write_text(json.dumps({local.IMAGE: image}, indent=2), encoding="utf-8")
    return create_stack(
        endpoint,
        bucket=local.BUCKET,
        cluster=local.CLUSTER,
        family=local.FAMILY,
        image=local.IMAGE,
        log_group=local.LOG_GROUP,
        environment={name: value for name, value in signing_in.items() if name != "SNOWFLAKE_PASSWORD"},
        secrets={"SNOWFLAKE_PASSWORD": signing_in["SNOWFLAKE_PASSWORD"]},
        cpu=256,
        memory_mb=512,
        region=local.REGION,
    )


def _deploy(settings: SnowflakeSettings, names: ObjectNames, say: Say) -> None:
    try:
        snowflake_side.deploy(
            installation=local.INSTALLATION, bucket=local.BUCKET, names=names, snowflake_settings=settings, say=say
        )
    except snowflake_side.DeployError as error:
        raise CommandError(str(error)) from error


class _SampleData:
    """The shop of the examples up to yesterday; `ahead` begins to make it before it is asked for."""

    def __init__(self, beside: Executor, *, ahead: bool) -> None:
        from local_cloud import sample_data  # noqa: PLC0415 - only this command needs the local extra

        self._load = sample_data.load_sample_data
        self._last_day = datetime.now(UTC).date() - timedelta(days=1)  # noqa: TID251 - the edge reads the clock
        self._made = beside.submit(sample_data.make_shop, self._last_day).result if ahead else None

    def load(self, settings: SnowflakeSettings, names: ObjectNames, say: Say) -> None:
        """Put it where it is not yet."""
        with snowflake.connector.connect(**settings.connect_arguments(names), paramstyle="qmark") as connection:
            self._load(
                connection,
                database=names.database,
                last_day=self._last_day,
                reader=local.RUNNER,
                progress=say,
                made=self._made,
            )


def _executor(folder: Path, environment: Mapping[str, str]) -> Child:
    inherited = {
        key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "SNOWFLAKE_", "REPORTING_"))
    }
    return Child(
        "the executor",
        [sys.executable, "-m", "executor", "run"],
        folder / "logs" / "executor.log",
        environment=inherited | dict(environment),
    )
