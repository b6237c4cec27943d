"""What a procedure's code imports, its own modules followed: what PACKAGES must name."""

import ast
import io
import sys
import zipfile
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

_DISTRIBUTIONS: Final = {
    "snowflake.snowpark": "snowflake-snowpark-python",
    "snowflake.connector": "snowflake-connector-python",
    "PIL": "pillow",
    "dateutil": "python-dateutil",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}
"""By which name PACKAGES asks for what is imported, where it is another."""
_OURS: Final = ("contract", "snowpark_procs", "sql")

Code = Mapping[str, str]
"""The texts of modules by their paths, such as ``contract/ids.py``."""


@cache
def own_code() -> Code:
    """The code that this version of the product uploads."""
    found: dict[str, str] = {}

    def take(folder: Traversable, path: str) -> None:
        for item in folder.iterdir():
            if item.is_dir() and item.name != "__pycache__":
                take(item, f"{path}/{item.name}")
            elif item.name.endswith(".py"):
                found[f"{path}/{item.name}"] = item.read_text(encoding="utf-8")

    for name in _OURS:
        take(files(name), name)
    return found


def zipped_code(content: bytes) -> Code:
    """The code in a zip.

    Raises:
        zipfile.BadZipFile: it is none.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode(errors="replace") for name in archive.namelist() if name.endswith(".py")
        }


def needed(code: Code, module: str) -> set[str]:
    """The packages that a module of some code leads to."""
    return _followed(code, [module])


def needed_by_text(source: str) -> set[str]:
    """The same of a procedure whose code stands in its definition."""
    return _followed({}, _imports(source))


def _followed(code: Code, modules: Iterable[str]) -> set[str]:
    found, seen, ahead = set[str](), set[str](), list(modules)
    tops = {path.split("/", 1)[0].removesuffix(".py") for path in code}
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        top, path = name.partition(".")[0], name.replace(".", "/")
        if top in tops:
            ahead += _imports(code.get(f"{path}.py") or code.get(f"{path}/__init__.py") or "")
        elif top not in sys.stdlib_module_names:
            known = [package for root, package in _DISTRIBUTIONS.items() if f"{name}.".startswith(f"{root}.")]
            found.add(known[0] if known else top)
    return found


@cache
def _imports(source: str) -> frozenset[str]:
    """What a source names in its imports, with what is taken from it, which may be a module too."""
    try:
        nodes = list(ast.walk(ast.parse(source)))
    except SyntaxError:
        return frozenset()
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)
