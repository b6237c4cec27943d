"""Statements with names in them, which Snowflake takes no bind for."""

from importlib.resources import files

from sql import load


def filled(text: str, **values: str) -> str:
    """A template with its ``{{ name }}`` filled in; the values come from settings, each checked against a pattern."""
    for name, value in values.items():
        text = text.replace("{{ " + name + " }}", value)
    return text


def query(name: str, **values: str) -> str:
    """A statement of ``sql/queries``, filled in."""
    return filled(load(name), **values)


def script(path: str, **values: str) -> str:
    """A file of ``sql/``, filled in."""
    return filled(files("sql").joinpath(path).read_text(encoding="utf-8"), **values)
