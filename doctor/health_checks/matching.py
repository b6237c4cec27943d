"""``grep`` on what a pipe carries: which lines it takes, and whose lines they are."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, Service, World

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_CLASSES: Final = {
    "[:space:]": r"\s",
    "[:digit:]": r"\d",
    "[:alpha:]": "a-zA-Z",
    "[:alnum:]": "a-zA-Z0-9",
    "[:upper:]": "A-Z",
    "[:lower:]": "a-z",
    "[:punct:]": r"!-/:-@\[-`{-~",
    "[:blank:]": r" \t",
}
_LONG: Final = {
    "--quiet": {"q"},
    "--silent": {"q"},
    "--invert-match": {"v"},
    "--count": {"c"},
    "--ignore-case": {"i"},
    "--extended-regexp": {"E"},
    "--fixed-strings": {"F"},
}
_VALUED: Final = frozenset("eAmBC")


@dataclass(frozen=True)
class _Wish:
    flags: frozenset[str]
    pattern: str | None
    files: tuple[str | None, ...]


def knows(name: str) -> bool:
    """Whether a program is one of the family."""
    return name in {"grep", "egrep", "fgrep", "rg"}


def ends(player: "Player", name: str, args: list[str | None], stdin: Lines) -> set[End]:
    """The ends of a ``grep`` that reads the pipe, or files."""
    wish = _wish(args)
    if wish is None:
        return {End(2)}
    lines = _file_lines(player.world, wish) if wish.files else stdin
    pattern = (
        compiled(wish.pattern, kind=_kind(name, wish.flags), flags=wish.flags) if wish.pattern is not None else None
    )
    if lines is None or pattern is None:
        player.world.note("asks", name, wish.pattern or "…")
        return {End(0, ANY), End(1, NOTHING)}
    taken = tuple(line for line in lines if _takes(line, pattern, player.world, inverted="v" in wish.flags))
    if "v" not in wish.flags:
        _remember(player.world, wish.pattern or "", lines, taken)
    return {End(0 if taken else 1, _output(wish.flags, taken))}


def compiled(pattern: str, *, kind: str, flags: frozenset[str]) -> re.Pattern[str] | None:
    """A pattern of ``grep`` (kind ``basic``, ``extended`` or ``fixed``) as Python's; None when that cannot be."""
    text = _basic(pattern) if kind == "basic" else re.escape(pattern) if kind == "fixed" else pattern
    for name, inside in _CLASSES.items():
        text = text.replace(name, inside)
    if "w" in flags:
        text = rf"(?<!\w)(?:{text})(?!\w)"
    if "x" in flags:
        text = rf"^(?:{text})$"
    try:
        return re.compile(text, re.IGNORECASE if flags & {"i", "y"} else 0)
    except re.error:
        return None


def remember_match(world: World, pattern: str, lines: tuple[Line, ...], taken: tuple[Line, ...]) -> None:
    """Note what looking for a process by a pattern showed."""
    _remember(world, pattern, lines, taken)


def _takes(line: Line, pattern: re.Pattern[str], world: World, *, inverted: bool) -> bool:
    if line.text is None:
        return world.favourable
    return (pattern.search(line.text) is not None) is not inverted


def _remember(world: World, pattern: str, lines: tuple[Line, ...], taken: tuple[Line, ...]) -> None:
    if not any(line.own or line.service for line in lines):
        return
    world.note("looks_for_process", pattern)
    world.note("existence_only")
    if any(line.own for line in taken):
        world.note("matches_itself", pattern)
    if world.service is not Service.WELL:
        return
    ours = [line for line in lines if line.service]
    if ours and all(line.text is not None for line in ours) and not any(line.service for line in taken):
        world.note("pattern_cannot_match", pattern, str(ours[0].text))


def _file_lines(world: World, wish: _Wish) -> Lines:
    if wish.files == ("/proc/1/cmdline",) and world.setting.processes:
        world.note("asks_pid1", "/proc/1/cmdline")
        first = world.setting.processes[0]
        return (Line(None if first.text is None else first.text.replace(" ", "\0"), service=True),)
    world.note("asks_file", str(wish.files[0] or "a file"), "grep")
    return ANY


def _output(flags: frozenset[str], taken: tuple[Line, ...]) -> Lines:
    if "q" in flags:
        return NOTHING
    if "c" in flags:
        return (Line(str(len(taken))),) if all(line.text is not None for line in taken) else ANY
    return ANY if "o" in flags else taken


def _kind(name: str, flags: frozenset[str]) -> str:
    if name == "fgrep" or "F" in flags:
        return "fixed"
    return "extended" if name in {"egrep", "rg"} or flags & {"E", "P"} else "basic"


def _wish(args: list[str | None]) -> _Wish | None:
    flags: set[str] = set()
    patterns: list[str | None] = []
    rest: list[str | None] = []
    words = iter(args)
    for word in words:
        if word is None or not word.startswith("-") or word == "-":
            rest.append(word)
        elif word.startswith("--"):
            flags |= _LONG.get(word, set())
            if word.startswith("--regexp="):
                patterns.append(word.partition("=")[2])
        else:
            letters = word[1:]
            flags |= set(letters)
            if letters[-1] in _VALUED:
                value = next(words, None)
                if letters[-1] == "e":
                    patterns.append(value)
    if not patterns:
        if not rest:
            return None
        patterns, rest = rest[:1], rest[1:]
    known = [pattern for pattern in patterns if pattern is not None]
    joined = None if len(known) < len(patterns) else (known[0] if len(known) == 1 else r"\|".join(known))
    return _Wish(frozenset(flags), joined, tuple(path for path in rest if path != "-"))


def _basic(pattern: str) -> str:
    r"""A basic expression as an extended one: ``\|`` and ``|`` change places, and so on."""
    out: list[str] = []
    letters = iter(pattern)
    inside = False
    for letter in letters:
        if letter == "\\":
            following = next(letters, "")
            out.append(following if following in "|(){}+?" else f"\\{following}")
        elif letter in "[]":
            inside = letter == "["
            out.append(letter)
        else:
            out.append(f"\\{letter}" if letter in "|(){}+?" and not inside else letter)
    return "".join(out)
