"""What a procedure's code imports, its own modules followed: what PACKAGES must name."""

import ast
import sys
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

OURS: Final = ("contract", "snowpark_procs", "sql")
_DISTRIBUTIONS: Final = {"snowflake.snowpark": "snowflake-snowpark-python", "pydantic": "pydantic"}
"""By which name PACKAGES asks for what is imported."""


def needed(handler: str) -> set[str]:
    """The packages that a handler's module leads to; a module's own name where its package is not known.

    Args:
        handler: as DESCRIBE PROCEDURE tells it: ``module.function``.
    """
    found, seen, ahead = set[str](), set[str](), [handler.rpartition(".")[0]]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        top = name.partition(".")[0]
        if top in OURS:
            ahead += _imported(name)
        elif top not in sys.stdlib_module_names:
            known = [package for root, package in _DISTRIBUTIONS.items() if f"{name}.".startswith(f"{root}.")]
            found.add(known[0] if known else name)
    return found


@cache
def _imported(module: str) -> frozenset[str]:
    """What a module of ours names in its imports, with what is taken from it, which may be a module too."""
    source = _source(module)
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)) if source is not None else ():
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def _source(module: str) -> str | None:
    """The text of a module of ours; None of what is no module, such as a name that is taken from one."""
    top, *rest = module.split(".")
    place: Traversable = files(top)
    for part in rest[:-1]:
        place = place.joinpath(part)
    names = [f"{rest[-1]}.py", f"{rest[-1]}/__init__.py"] if rest else ["__init__.py"]
    there = [place.joinpath(name) for name in names if place.joinpath(name).is_file()]
    return there[0].read_text(encoding="utf-8") if there else None
