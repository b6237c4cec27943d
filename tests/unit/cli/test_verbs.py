"""The list of verbs says what the verbs say, and waits for none of them."""

import shlex
import subprocess
import sys
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from executor.cli.main import app
from executor.cli.verbs import EXAMPLES, LINES, VERBS, loaded

SLOW = {"aiobotocore", "boto3", "pydantic", "snowflake.connector"}


@pytest.mark.parametrize("verb", VERBS)
def test_the_list_says_the_first_line_of_a_verbs_own_help(verb: str) -> None:
    assert loaded(verb).help.splitlines()[0] == LINES[verb]


def commands() -> dict[str, Any]:
    """Every command and group by its words."""
    found = {verb: loaded(verb) for verb in VERBS}
    for words, command in list(found.items()):
        inner = {f"{words} {name}": one for name, one in getattr(command, "commands", {}).items()}
        for name, one in list(inner.items()):
            inner |= {f"{name} {last}": leaf for last, leaf in getattr(one, "commands", {}).items()}
        found |= inner
    return found


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_help_of_every_command_has_an_example_that_can_be_typed(words: str) -> None:
    example = EXAMPLES[words]
    assert example.startswith(f"reporting {words}")
    assert f"Example: {example}" in " ".join(CliRunner().invoke(app, [*words.split(), "--help"]).stdout.split())
    verb, *rest = shlex.split(example)[1:]
    command = loaded(verb)
    while hasattr(command, "commands") and not rest[0].startswith("-"):  # a group may do something by itself
        command, rest = command.commands[rest[0]], rest[1:]
    command.make_context(verb, rest)  # a wrong option or a missing argument ends here


def test_every_command_has_an_example() -> None:
    assert set(commands()) == set(EXAMPLES)


def test_every_verb_is_in_the_list_in_its_order() -> None:
    assert list(typer.main.get_group(app).commands) == list(VERBS) == list(LINES)


def test_a_word_that_is_no_verb_is_refused() -> None:
    assert CliRunner().invoke(app, ["--debug", "nonsense"], env={"REPORTING_DEBUG": ""}).exit_code == 2


def test_the_list_of_verbs_imports_no_vendors_client() -> None:
    code = "import sys, executor.cli.main; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "typer" in done.stdout.split()
    assert SLOW.isdisjoint(done.stdout.split())
