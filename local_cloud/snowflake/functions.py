"""Where the engine finds the macros of `macros.sql`."""

from importlib.resources import files
from typing import Final

PREFIX: Final = "_fs_global.main."


def macros() -> str:
    """The statements that create every macro; running them again changes nothing."""
    return files(__package__).joinpath("macros.sql").read_text(encoding="utf-8")
