"""The list of verbs says what the verbs say, and waits for none of them."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from executor.cli.main import app
from executor.cli.verbs import LINES, VERBS, loaded

SLOW = {"aiobotocore", "boto3", "pydantic", "snowflake.connector"}


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_says_the_first_line_of_a_verbs_own_help(verb: str) -> None:
    assert loaded(verb).help.splitlines()[0] == LINES[verb]


def test_every_verb_is_in_the_list_in_its_order() -> None:
    assert list(typer.main.get_group(app).commands) == list(VERBS) == list(LINES)


def test_a_word_that_is_no_verb_is_refused() -> None:
    assert CliRunner().invoke(app, ["--debug", "nonsense"], env={"REPORTING_DEBUG": ""}).exit_code == 2


def test_the_list_of_verbs_imports_no_vendors_client() -> None:
    code = "import sys, executor.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "typer" in done.stdout.split()
    assert SLOW.isdisjoint(done.stdout.split())
