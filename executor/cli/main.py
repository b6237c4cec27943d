"""The command ``reporting``: every verb, and how its errors are said."""

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Final

import typer

from executor.cli.errors import CommandError, Exit, say_error

# Each command and the module it lives in.
COMMANDS: Final = {
    "up": "up",
    "demo": "demo",
    "run": "run",
    "submit": "jobs",
    "jobs": "jobs",
    "show": "jobs",
    "logs": "logs",
    "deploy": "deploy",
}
_DEBUG = "REPORTING_DEBUG"


def app(arguments: Sequence[str]) -> typer.Typer:
    """The command that these arguments name, or all of them: to load one takes long enough."""
    asked = next((word for word in arguments if not word.startswith("-")), "")
    made = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Reports out of Snowflake, made on Fargate, asked for with a CALL.",
    )
    made.callback()(options)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module = import_module(f"executor.cli.{COMMANDS[name]}")
        if name == "deploy":
            made.add_typer(module.app, name=name)
        else:
            made.command()(getattr(module, name))
    return made


def options(*, debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    """Reports out of Snowflake, made on Fargate, asked for with a CALL."""
    if debug:
        os.environ[_DEBUG] = "1"


def main() -> None:
    """Run the command; an error is one sentence, a traceback only with ``--debug``."""
    try:
        app(sys.argv[1:])()
    except CommandError as error:
        _traceback()
        say_error(str(error))
        sys.exit(error.code)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 - the last word of a command line is a sentence
        _traceback()
        say_error(f"{type(error).__name__}: {error} (reporting --debug … shows where)")
        sys.exit(Exit.FAILED)


def _traceback() -> None:
    if os.environ.get(_DEBUG):
        traceback.print_exc()
