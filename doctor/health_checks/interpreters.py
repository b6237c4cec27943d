"""``python -c`` and ``node -e``: what a line of code can end with, read without running it."""

import ast
import re
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from doctor.health_checks.answers import is_own
from doctor.health_checks.worlds import ANY, End, Lines, Service

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_PYTHON: Final = re.compile(r"^(python|pypy)[\d.]*$")
_URL: Final = re.compile(r"(?:https?|tcp)://(\[[^\]]*\]|[^\s:/'\"`?]+)(?::(\d+))?")
_NODE_HARMLESS: Final = re.compile(r"^\s*(console\.log\([^()]*\)\s*;?\s*)*(process\.exit\(0\))?\s*;?\s*$")
_ENDS: Final = frozenset({"exit", "quit", "_exit"})
_BROAD: Final = frozenset({"Exception", "BaseException", "OSError"})
_HARMLESS_CALLS: Final = frozenset({"print"})


def knows(name: str) -> bool:
    """Whether a program is one of the family."""
    return _PYTHON.match(name) is not None or name in {
        "node",
        "nodejs",
        "ruby",
        "perl",
        "php",
        "java",
        "dotnet",
        "deno",
        "bun",
    }


def ends(player: "Player", name: str, args: list[str | None], stdin: Lines) -> set[End]:
    """The ends of an interpreter that is given code, a module or a file."""
    del stdin
    code = _code(name, args)
    if _PYTHON.match(name) and code is not None:
        return _python(player, code)
    if name in {"node", "nodejs"} and code is not None:
        if _NODE_HARMLESS.match(code):
            return {End(0, ANY)}
        return _asks(player, code)
    if any(arg in {"--version", "-version", "-V", "-v"} for arg in args):
        player.world.note("only_installed", name)
        return {End(0, ANY)}
    player.world.note("asks", name, " ".join(arg or "…" for arg in args))
    return {End(0, ANY), End(1, ANY)}


def _code(name: str, args: list[str | None]) -> str | None:
    flags = {"-c"} if _PYTHON.match(name) else {"-e", "--eval", "-p"}
    for flag, value in pairwise(args):
        if flag in flags:
            return value
    return None


def _python(player: "Player", code: str) -> set[End]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError) as error:
        player.world.note("python_syntax", str(error).split(" (")[0])
        return {End(1)}
    for module in sorted(_imports(tree) - sys.stdlib_module_names):
        player.world.note("needs_module", module)
    if _swallows(tree) or ("connect_ex" in code and not re.search(r"exit|assert|raise", code)):
        _asks(player, code)
        return {End(0, ANY)}
    last = tree.body[-1] if tree.body else None
    status = _constant_exit(last)
    if all(_harmless(step) for step in tree.body[:-1]) and (last is None or _harmless(last) or status is not None):
        return {End(status or 0, ANY)}
    return _asks(player, code)


def _asks(player: "Player", code: str) -> set[End]:
    found = _URL.search(code)
    host, port = (found[1], int(found[2]) if found[2] else None) if found else _pair(code)
    if host is None:
        path = re.search(r"['\"](/[\w./-]+)['\"]", code)
        player.world.note("asks_file" if path else "asks_code", path[1] if path else code)
        return {End(int(player.world.service is Service.GONE), ANY)}
    if not is_own(player, host):
        player.world.note("tests_dependency", host)
        return {End(0, ANY), End(1, ANY)}
    port = port or (443 if found and found[0].startswith("https") else 80 if found else None)
    player.world.note("asks_http" if found else "asks_port", f"port {port}" if found else str(port), "")
    reached = player.world.reached(port)
    if reached and player.world.service is Service.FAILING and _ignores_errors(code, is_url=bool(found)):
        if found or "getresponse" in code:
            player.world.note("http_errors_ignored")
        return {End(0, ANY)}
    return {End(int(not reached or player.world.service is not Service.WELL), ANY)}


def _ignores_errors(code: str, *, is_url: bool) -> bool:
    """Whether an answer with an error leaves the code well: only urllib, and what looks at the status, mind it."""
    if re.search(r"\bassert\b|\bexit\b|raise|status|\.ok\b|\.code\b", code):
        return False
    return bool(re.search(r"\b(requests|httpx)\.\w+\(|getresponse", code)) or not is_url


def _swallows(tree: ast.Module) -> bool:
    """Whether everything is tried, and every exception ends in words."""
    steps = [step for step in tree.body if not isinstance(step, ast.Import | ast.ImportFrom)]
    return bool(steps) and all(
        isinstance(step, ast.Try)
        and all(
            isinstance(handler.type, ast.Name | None) and getattr(handler.type, "id", "Exception") in _BROAD
            for handler in step.handlers
        )
        and not any(
            "exit" in ast.dump(inner) or isinstance(inner, ast.Raise) for h in step.handlers for inner in h.body
        )
        for step in steps
    )


def _pair(code: str) -> tuple[str | None, int | None]:
    """``('localhost', 8000)`` as sockets are given it."""
    found = re.search(r"\(\s*['\"]([\w.\-:]*)['\"]\s*,\s*(\d+)\s*\)", code)
    return (found[1], int(found[2])) if found else (None, None)


def _imports(tree: ast.Module) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def _harmless(step: ast.stmt) -> bool:
    if isinstance(step, ast.Import | ast.ImportFrom):
        return (
            not any(alias.name.split(".")[0] not in sys.stdlib_module_names for alias in step.names)
            if isinstance(step, ast.Import)
            else True
        )
    if isinstance(step, ast.Pass):
        return True
    if isinstance(step, ast.Expr):
        return isinstance(step.value, ast.Constant) or (
            isinstance(step.value, ast.Call)
            and getattr(step.value.func, "id", "") in _HARMLESS_CALLS
            and all(isinstance(a, ast.Constant) for a in step.value.args)
        )
    return False


def _constant_exit(step: ast.stmt | None) -> int | None:
    """The status of ``sys.exit(0)`` and the like, when it is written out."""
    if not isinstance(step, ast.Expr) or not isinstance(step.value, ast.Call):
        return None
    called = step.value.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    values = [argument.value for argument in step.value.args if isinstance(argument, ast.Constant)]
    if name not in _ENDS or len(values) != len(step.value.args):
        return None
    return int(values[0]) if values and isinstance(values[0], int) else 0 if not values or values[0] is None else 1
