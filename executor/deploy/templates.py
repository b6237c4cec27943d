"""Statements with names in them, which Snowflake takes no bind for."""

import re
from importlib.resources import files
from typing import Final

from sql import load

_PLACE: Final = re.compile(r"\{\{ (\w+) \}\}")


def filled(text: str, /, **values: str) -> str:
    """A template with its ``{{ name }}`` filled in, and left as it is where no value has that name.

    The values come from settings, each checked against a pattern, or are names that :func:`inside_quotes` made safe.
    """
    return _PLACE.sub(lambda place: values.get(place[1], place[0]), text)


def inside_quotes(name: str) -> str:
    """A name as Snowflake tells it, for a place between the double quotes of an identifier."""
    return name.replace('"', '""')


def query(name: str, /, **values: str) -> str:
    """A statement of ``sql/queries``, filled in."""
    return filled(load(name), **values)


def script(path: str, /, **values: str) -> str:
    """A file of ``sql/``, filled in."""
    return filled(files("sql").joinpath(path).read_text(encoding="utf-8"), **values)
