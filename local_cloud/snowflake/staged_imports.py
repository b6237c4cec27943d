"""Imports as a handler sees them: its own zips, the standard library, the packages it asked for, nothing else.

Each version of a procedure's code gets a package of its own, `_staged_<digest>`, whose path is the zips; inside
it `import x` means `_staged_<digest>.x` when a zip holds `x`. So two versions live side by side, a new version
needs no restart, and what this machine happens to have installed is not found by accident.
"""

import builtins
import importlib
import importlib.machinery
import importlib.metadata
import re
import sys
import threading
import types
import zipfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

_ALWAYS: Final = frozenset({"_snowflake"})
_guard = threading.RLock()


class StagedCode:
    """The importable code of one version of a procedure."""

    def __init__(self, digest: str, archives: Sequence[Path], packages: Sequence[str]) -> None:
        """Make a package out of `archives` (zips); `packages` are the distributions the handler may use."""
        self.prefix = f"_staged_{digest}"
        self._archives = [str(path) for path in archives]
        self._own = frozenset(name for path in archives for name in _top_levels(path))
        self._allowed = _modules_of(tuple(sorted(re.split(r"[=<>!~ \[]", p, maxsplit=1)[0] for p in packages)))
        package = types.ModuleType(self.prefix)
        package.__path__ = self._archives
        sys.modules[self.prefix] = package
        _finder.codes[self.prefix] = self

    def module(self, name: str) -> types.ModuleType:
        """Import a module of the zips by the name its authors gave it."""
        with _guard:
            return importlib.import_module(f"{self.prefix}.{name}")

    def inline(self, name: str, source: str) -> types.ModuleType:
        """Run source text as a module of this code."""
        module = types.ModuleType(f"{self.prefix}.{name}")
        self.furnish(module)
        exec(compile(source, f"<{name}>", "exec"), module.__dict__)  # noqa: S102  running procedures is the point
        return module

    def furnish(self, module: types.ModuleType) -> None:
        """Give a module the import rules of this code, before it runs."""
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}

    def _import(
        self,
        name: str,
        globals: dict[str, Any] | None = None,  # noqa: A002  the signature of builtins.__import__
        locals: dict[str, Any] | None = None,  # noqa: A002  the signature of builtins.__import__
        fromlist: Sequence[str] | None = (),
        level: int = 0,
    ) -> types.ModuleType:
        top = name.split(".", 1)[0]
        if level:
            return builtins.__import__(name, globals, locals, fromlist or (), level)
        if top in self._own:
            with _guard:
                module = importlib.import_module(f"{self.prefix}.{name}")
                self._submodules(module, fromlist)
            return module if fromlist else sys.modules[f"{self.prefix}.{top}"]
        if top in sys.stdlib_module_names or top in self._allowed or top in _ALWAYS:
            return builtins.__import__(name, globals, locals, fromlist or (), 0)
        text = f"No module named '{top}' (it is neither in IMPORTS nor of a distribution in PACKAGES)"
        raise ModuleNotFoundError(text, name=top)

    @staticmethod
    def _submodules(module: types.ModuleType, names: Sequence[str] | None) -> None:
        for name in names or ():
            if name != "*" and hasattr(module, "__path__") and not hasattr(module, name):
                try:
                    importlib.import_module(f"{module.__name__}.{name}")
                except ModuleNotFoundError as error:
                    if error.name != f"{module.__name__}.{name}":
                        raise


class _Finder:
    """Finds the modules of staged packages with the ordinary machinery and furnishes them before they run."""

    codes: dict[str, StagedCode]

    def __init__(self) -> None:
        self.codes = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        code = self.codes.get(fullname.split(".", 1)[0])
        if code is None or path is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            _furnishing(spec.loader, code)
        return spec


def _furnishing(loader: Any, code: StagedCode) -> None:
    if isinstance(loader, _Furnishing):
        return
    loader.__class__ = type("StagedLoader", (_Furnishing, type(loader)), {})
    loader.staged_code = code


class _Furnishing:
    staged_code: StagedCode

    def exec_module(self, module: types.ModuleType) -> None:
        self.staged_code.furnish(module)
        super().exec_module(module)  # type: ignore[misc]  # the other base is the loader the machinery chose


def _top_levels(archive: Path) -> set[str]:
    if not zipfile.is_zipfile(archive):
        return {archive.stem} if archive.suffix == ".py" else set()
    with zipfile.ZipFile(archive) as opened:
        tops = {name.split("/", 1)[0] for name in opened.namelist()}
    return {top.removesuffix(".py") for top in tops}


@cache
def _modules_of(packages: tuple[str, ...]) -> frozenset[str]:
    """Top-level modules of distributions and of what they require."""
    wanted, modules, queue = set[str](), set[str](), [_canonical(p) for p in packages]
    while queue:
        name = queue.pop()
        if name in wanted:
            continue
        wanted.add(name)
        try:
            found = importlib.metadata.distribution(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        modules |= _modules_in(found)
        queue += [
            _canonical(re.split(r"[ ;=<>!~\[(]", need, maxsplit=1)[0])
            for need in found.requires or []
            if "extra ==" not in need
        ]
    return frozenset(modules)


def _modules_in(found: importlib.metadata.Distribution) -> set[str]:
    """Its top-level modules, as it declares them or by its files; asking for those of all that is installed is slow."""
    if declared := (found.read_text("top_level.txt") or "").split():
        return set(declared)
    paths = [file.parts for file in found.files or [] if file.suffix == ".py"]
    return {parts[0].removesuffix(".py") for parts in paths if parts[0] != ".."}


def _canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_finder = _Finder()
sys.meta_path.insert(0, _finder)
