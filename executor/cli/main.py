"""The command ``reporting``: its own options, and how errors are said."""

import os
import sys
import traceback
from typing import Annotated

import typer

from executor.cli.errors import CommandError, Exit, say_error
from executor.cli.verbs import Verbs

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reports out of Snowflake, made on Fargate, asked for with a CALL.",
)

_DEBUG = "REPORTING_DEBUG"


@app.callback()
def options(*, debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    """Reports out of Snowflake, made on Fargate, asked for with a CALL."""
    if debug:
        os.environ[_DEBUG] = "1"


def main() -> None:
    """Run the command; an error is one sentence, a traceback only with ``--debug``."""
    try:
        app()
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
