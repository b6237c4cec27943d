"""``reporting local fault``: trouble ordered from the command line, met by official clients, taken back."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from snowflake.connector import errors
from typer.testing import CliRunner

from executor.cli.errors import CommandError, Exit
from executor.cli.main import app
from tests.acceptance.system.driving import Stack

NO_RETRIES = Config(retries={"total_max_attempts": 1})


def run(*words: str, folder: Path) -> Any:
    done = CliRunner().invoke(app, ["local", "fault", *words, "--dir", str(folder)])
    if done.exception:
        raise done.exception
    return json.loads(done.stdout) if "--json" in words else done.stdout


@pytest.fixture
def folder(stack: Stack) -> Iterator[Path]:
    yield stack.folder
    run("clear", folder=stack.folder)


def test_what_is_ordered_strikes_official_clients_and_is_used_up(stack: Stack, folder: Path) -> None:
    run("add", "aws", "GetCallerIdentity", "throttle", folder=folder)
    run("add", "snowflake", "select", "timeout", "--match", "ordered_here", "--times", "2", folder=folder)
    listed = run("list", "--json", folder=folder)
    assert [(row["side"], row["op"], row["kind"], row["times"]) for row in listed] == [
        ("aws", "GetCallerIdentity", "throttle", 1),
        ("snowflake", "SELECT", "timeout", 2),
    ]
    with pytest.raises(ClientError, match="Throttling"):
        boto3.client(
            "sts", endpoint_url=stack.environment["AWS_ENDPOINT_URL"], region_name="us-east-1",
            aws_access_key_id="AKIALOCALCLOUD000000", aws_secret_access_key="local", config=NO_RETRIES,
        ).get_caller_identity()  # fmt: skip
    with stack.connect() as connection, pytest.raises(errors.ProgrammingError, match="000630"):
        connection.cursor().execute("SELECT 1 /* ordered_here */")
    assert "timeout" in run("list", folder=folder)
    assert [row["times"] for row in run("clear", "snowflake", "--json", folder=folder)] == [1]
    assert run("list", folder=folder) == "nothing is left to strike\n"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("aws", "RunTask", "melt"), "RunTask has no kind melt; it has"),
        (("aws", "RunTsk", "throttle"), "did you mean RunTask"),
        (("aws", "RunTask", "throttle", "--status", "503"), "status: unknown; an order has"),
        (("aws", "RunTask", "throttle", "--seconds", "3"), "throttle takes no seconds"),
        (("snowflake", "MERGE", "melt"), "kind melt is unknown; kind is one of"),
        (("snowflake", "MERGE", "lock_waiters", "--seconds", "3"), "lock_waiters takes no seconds"),
        (("snowflake", "MERGEE", "timeout"), "did you mean MERGE"),
        (("snowflake", "MERGE", "stale_read"), "stale_read strikes SELECT"),
    ],
)
def test_a_slip_is_told_in_the_servers_words_before_anything_is_sent(words: tuple[str, ...], reason: str) -> None:
    with pytest.raises(CommandError, match=reason) as caught:
        run("add", *words, folder=Path("nowhere"))
    assert caught.value.code == Exit.USAGE


def test_without_a_local_cloud_the_command_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="start one with: reporting up") as caught:
        run("list", folder=tmp_path)
    assert caught.value.code == Exit.USAGE


def test_a_local_cloud_that_has_ended_is_unreachable(tmp_path: Path) -> None:
    lines = ["AWS_ENDPOINT_URL=http://127.0.0.1:1", "SNOWFLAKE_HOST=127.0.0.1", "SNOWFLAKE_PORT=1"]
    (tmp_path / "env").write_text("\n".join(lines))
    with pytest.raises(CommandError, match=r"AWS does not answer at http://127\.0\.0\.1:1 ") as caught:
        run("list", folder=tmp_path)
    assert caught.value.code == Exit.UNREACHABLE
