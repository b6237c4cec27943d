"""Environments with nothing but what one image carries, and how large they are."""

import importlib.util
import os
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build" / "bench"


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment with some of the extras: its Python, and the folder with its packages."""

    extras: tuple[str, ...]
    python: Path
    packages: Path

    def size_mb(self) -> float:
        """What its packages take, in MB."""
        return _bytes(self.packages) / 1e6

    def largest(self, count: int = 5) -> list[tuple[str, float]]:
        """The largest packages and their size in MB."""
        sizes = {entry.name: _bytes(entry) / 1e6 for entry in self.packages.iterdir()}
        return sorted(sizes.items(), key=lambda item: -item[1])[:count]


def known_extras() -> set[str]:
    """The extras that pyproject.toml has."""
    project: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return set(project["optional-dependencies"])


def environment(*extras: str) -> Environment:
    """An environment as the lock says, with these extras and without ourselves."""
    folder = BUILD / "-".join(extras)
    venv = folder / ".venv"
    python = venv / "bin" / "python"
    setup = _setup()
    uv = str(setup.find_uv(sys.executable, ROOT / ".tools", os.environ))
    settings = setup.uv_environment(os.environ, setup.read_pip_settings([sys.executable]))
    locked = folder / "locked.txt"
    wanted = [option for extra in extras for option in ("--extra", extra)]
    folder.mkdir(parents=True, exist_ok=True)
    steps: list[Sequence[str]] = [
        ["export", "--quiet", "--frozen", "--no-dev", "--no-emit-project", "--output-file", str(locked), *wanted],
        ["venv", "--quiet", "--clear", "--python", sys.executable, str(venv)],
        ["pip", "sync", "--quiet", "--compile-bytecode", "--python", str(python), str(locked)],
    ]
    for step in steps:
        subprocess.run([uv, *step], env=settings, cwd=ROOT, check=True)
    [packages] = (venv / "lib").glob("python3*/site-packages")
    return Environment(extras, python, packages)


def _setup() -> Any:
    spec = importlib.util.spec_from_file_location("setup_of_ours", ROOT / ".ci" / "setup.py")
    if spec is None or spec.loader is None:
        raise SystemExit(".ci/setup.py is missing")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _bytes(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(found.stat().st_size for found in path.rglob("*") if found.is_file() and not found.is_symlink())
