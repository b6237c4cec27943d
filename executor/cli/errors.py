"""Exit codes of the command line, and errors as one sentence."""

from enum import IntEnum


class Exit(IntEnum):
    """What the command's exit code says; documented and stable."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    UNREACHABLE = 3


class CommandError(Exception):
    """Something the user can act on: said in one sentence, without a traceback."""

    def __init__(self, says: str, code: Exit = Exit.FAILED) -> None:
        """``says`` tells what, where and what to do."""
        super().__init__(says)
        self.code = code


def say_error(text: str) -> None:
    """One sentence on standard error."""
    import typer  # noqa: PLC0415 - an executor that runs well never needs it

    typer.secho(f"reporting: {text}", fg=typer.colors.RED, err=True)
