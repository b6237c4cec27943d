"""The catalogue as the command line reads it: with the user's own file, whose faults are told as wrong usage."""

from typing import Annotated

import typer

from executor import causes
from executor.causes.own import OwnCausesError
from executor.cli.errors import CommandError, Exit
from executor.core.causes import Catalogue

OwnFile = Annotated[
    str | None,
    typer.Option(
        "--causes-file", help="Causes of your own, as TOML.", envvar="REPORTING_CAUSES_FILE", show_envvar=True
    ),
]


def catalogue(own_file: str | None) -> Catalogue:
    """The catalogue, with the causes of a file.

    Raises:
        CommandError: the file cannot be used.
    """
    try:
        return causes.load(own_file or None)
    except OwnCausesError as error:
        raise CommandError(str(error), Exit.USAGE) from error
