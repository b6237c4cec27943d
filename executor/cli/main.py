"""The command ``reporting``: its own options, and how errors are said."""

import os
from typing import Annotated

import typer

from executor.cli.last_word import DEBUG, in_a_sentence
from executor.cli.verbs import Verbs

app = typer.Typer(
    cls=Verbs,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reports out of Snowflake, made on Fargate, asked for with a CALL.",
)


@app.callback()
def options(*, debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False) -> None:
    """Reports out of Snowflake, made on Fargate, asked for with a CALL."""
    if debug:
        os.environ[DEBUG] = "1"


def main() -> None:
    """Run the command; an error is one sentence, a traceback only with ``--debug``."""
    with in_a_sentence():
        app()
