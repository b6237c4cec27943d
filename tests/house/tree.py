"""What the house rules look at: the files of this repository, read once."""

import ast
import os
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGES = ("contract", "sql", "snowpark_procs", "executor", "runner", "doctor", "local_cloud")
_FOLDERS = (*PACKAGES, "tests", "benchmarks", "docs", ".ci")
_FOREIGN = {".venv", "__pycache__", "clients"}


def files(suffix: str, folders: tuple[str, ...] = _FOLDERS) -> Iterator[Path]:
    """Our files with this suffix, below some top-level folders; paths are relative to the root."""
    for folder in folders:
        for where, below, names in os.walk(ROOT / folder):
            below[:] = sorted(set(below) - _FOREIGN)
            yield from (Path(where, name).relative_to(ROOT) for name in sorted(names) if name.endswith(suffix))


def tracked() -> list[Path]:
    """Every file that is, or is about to be, part of the repository; of a copy without git, every file of ours."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode != 0:
        return [*files(""), *(path.relative_to(ROOT) for path in sorted(ROOT.glob("*.*")) if path.is_file())]
    return [Path(name) for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


@cache
def text(path: Path) -> str:
    """The content of a file."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def pyproject() -> dict[str, Any]:
    """The project's configuration."""
    return tomllib.loads(text(Path("pyproject.toml")))


def texts(source: str) -> Iterator[str]:
    """Every string that is not prose; ``{}`` stands for what an f-string puts in."""
    parsed = ast.parse(source)
    seen: set[int] = set()
    for node in ast.walk(parsed):  # breadth first: a whole comes before its parts
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                seen.add(id(docstring))
            case ast.JoinedStr(values=parts):
                seen |= {id(part) for part in parts}
                yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
            case ast.Constant(value=str(text)) if id(node) not in seen:
                yield text
