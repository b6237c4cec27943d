"""The command line loads the command that was asked for, and offers all of them."""

from typer.testing import CliRunner

from executor.cli.main import COMMANDS, app


def test_help_lists_every_command() -> None:
    said = CliRunner().invoke(app(["--help"]), ["--help"]).output
    assert [name for name in COMMANDS if f" {name} " not in said] == []


def test_a_word_that_is_no_command_is_refused_beside_all_commands() -> None:
    assert len(app(["nonsense"]).registered_commands) == len(COMMANDS) - 1  # deploy is a group of its own
    assert CliRunner().invoke(app(["nonsense"]), ["nonsense"]).exit_code == 2


def test_flags_may_stand_before_the_command() -> None:
    (command,) = app(["--debug", "jobs", "--json"]).registered_commands
    assert command.callback is not None
    assert command.callback.__name__ == "jobs"
