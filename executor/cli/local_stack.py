"""The whole system on one machine: local Snowflake, local AWS, the product installed, sample data, an executor."""

import os
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from executor.cli import local_settings as local
from executor.cli.aws_options import AwsOptions
from executor.cli.children import Child
from executor.cli.errors import CommandError
from executor.cli.folder_claim import claimed
from executor.cli.sample_files import SampleFiles

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
        CommandError: one runs in this folder already, or a part did not start; its last words are in the message.
    """
    folder = folder.resolve()
    fresh = not (folder / "snowflake").exists()
    with claimed(folder), _ended_in_order() as children:
        (folder / "logs").mkdir(exist_ok=True)
        servers = _start_cloud(folder, _settled(ports, folder), aws_options, children, privileges=privileges)
        with SampleFiles(folder, _yesterday(), ahead=fresh) as sample:
            from executor.cli.local_install import install  # noqa: PLC0415 - loads while the servers do

            environment = install(folder, servers, sample, say)
        local.write_files(folder, environment)
        if executor:
            children.append(_executor(folder, environment))
            say("executor: started")
        yield Stack(environment, tuple(children))


@contextmanager
def _ended_in_order() -> Iterator[list[Child]]:
    children: list[Child] = []
    try:
        yield children
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


def _yesterday() -> date:
    return datetime.now(UTC).date() - timedelta(days=1)  # noqa: TID251 - the edge reads the clock


def _start_cloud(
    folder: Path, ports: Ports, aws_options: AwsOptions, children: list[Child], *, privileges: bool
) -> dict[str, Child]:
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
    return {"snowflake": snowflake_child, "aws": aws_child}


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
