"""How the command ends when something went wrong: with one sentence, and an exit code."""

import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from executor.cli.errors import CommandError, Exit, say_error

DEBUG: Final = "REPORTING_DEBUG"
"""The variable that has tracebacks shown; ``--debug`` sets it."""


@contextmanager
def in_a_sentence() -> Iterator[None]:
    """Say an error of the block in one sentence, after its traceback if that is asked for, and end the process.

    Raises:
        SystemExit: with the code that stands for the error.
    """
    try:
        yield
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
    if os.environ.get(DEBUG):
        traceback.print_exc()
