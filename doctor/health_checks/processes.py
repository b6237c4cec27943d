"""Programs that look at the process list: ``ps``, ``pgrep``, ``pidof``, ``kill -0`` and the like."""

import re
from typing import TYPE_CHECKING, Final

from doctor.health_checks.matching import compiled, remember_match
from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, Service

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_NAME_LENGTH: Final = 15  # the kernel keeps no more of a process's name (proc(5), comm)
_HEADER: Final = Line("USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")


def knows(name: str) -> bool:
    """Whether a program is one of the family."""
    return name in {"ps", "pgrep", "pkill", "pidof", "killall", "kill", "top", "supervisorctl"}


def ends(player: "Player", name: str, args: list[str | None], stdin: Lines) -> set[End]:
    """The ends of a program that looks for processes."""
    del stdin
    match name:
        case "ps":
            return _ps(player, args)
        case "pgrep" | "pkill":
            return _pgrep(player, name, args)
        case "pidof" | "killall":
            return _by_name(player, args)
        case "kill":
            return _kill(player, args)
        case "top":
            return {End(0, _listed(player, short=True))}
        case _:
            return {End(int(player.world.service is Service.GONE), ANY)}


def _listed(player: "Player", *, short: bool) -> tuple[Line, ...]:
    lines = player.world.processes()
    if not short:
        return (_HEADER, *lines)
    return (Line("PID TTY TIME CMD"), *(Line(line.name, own=line.own, service=line.service) for line in lines))


def _ps(player: "Player", args: list[str | None]) -> set[End]:
    words = [arg or "" for arg in args]
    if player.dialect == "":
        words = [word for word in words if word]
    if any(word in {"|", "||", "&&", "grep"} for word in words):
        return {End(1)}
    if any(word in {"-p", "p", "--pid", "-C"} for word in words):
        return _ps_of(player, words)
    flags = "".join(word.lstrip("-") for word in words if not word.startswith("--"))
    busybox = (
        player.world.setting.contents.has("ash") is True and player.world.setting.contents.has("apt-get") is not True
    )
    if not flags and not busybox:
        return {End(0, ANY)}
    wide = busybox or bool(set(flags) & set("fuFox")) or "args" in flags or "cmd" in flags or "ax" in flags
    return {End(0, _listed(player, short=not wide or flags.endswith("comm")))}


def _ps_of(player: "Player", words: list[str]) -> set[End]:
    if "-C" in words:
        return _by_name(player, list(words[words.index("-C") + 1 :][:1]))
    pid = next((word for word in words if word.isdigit()), "")
    if pid == "1":
        player.world.note("asks_pid1", "ps")
        first = player.world.setting.processes[:1]
        return {End(0, (_HEADER, *first))}
    return {End(int(player.world.service is Service.GONE), ANY)}


def _pgrep(player: "Player", name: str, args: list[str | None]) -> set[End]:
    pattern, flags = _options(args)
    if pattern is None:
        return {End(0, ANY), End(1, NOTHING)}
    if pattern == "":
        return {End(2)}
    found = compiled(pattern, kind="extended", flags=frozenset(flags & {"x", "i"}))
    lines = tuple(line for line in player.world.processes() if line.name != name)
    if found is None:
        return {End(2)}
    taken = tuple(line for line in lines if _matches(line, found, player, whole="f" in flags))
    remember_match(player.world, pattern, lines, taken)
    if "f" not in flags and len(pattern) > _NAME_LENGTH and not re.search(r"[\[\\.*+?|(]", pattern):
        player.world.note("name_too_long", pattern)
    output = (Line(str(len(taken))),) if "c" in flags else tuple(Line(None) for _ in taken)
    return {End(0 if taken else 1, output)}


def _matches(line: Line, pattern: re.Pattern[str], player: "Player", *, whole: bool) -> bool:
    text = line.text if whole else line.name
    if text is None:
        return player.world.favourable
    return pattern.search(text if whole else text[:_NAME_LENGTH]) is not None


def _options(args: list[str | None]) -> tuple[str | None, set[str]]:
    flags: set[str] = set()
    patterns: list[str | None] = []
    words = iter(args)
    for word in words:
        if word is None or not word.startswith("-"):
            patterns.append(word)
        elif word in {"-u", "-U", "-P", "-g", "-t", "-s", "--signal"}:
            next(words, None)
        else:
            flags |= {"f"} if word == "--full" else {"x"} if word == "--exact" else set(word.lstrip("-"))
    return (patterns[0] if patterns else ""), flags


def _by_name(player: "Player", args: list[str | None]) -> set[End]:
    wanted = [arg for arg in args if arg is None or not arg.startswith("-")]
    if not wanted:
        return {End(1)}
    name = wanted[0]
    if name is None:
        return {End(0, ANY), End(1, NOTHING)}
    lines = player.world.processes()
    base = name.rsplit("/", 1)[-1]
    taken = tuple(line for line in lines if (player.world.favourable if line.name is None else line.name == base))
    remember_match(
        player.world, name, tuple(Line(line.name and line.text, line.own, line.service) for line in lines), taken
    )
    return {End(0 if taken else 1, tuple(Line(None) for _ in taken))}


def _kill(player: "Player", args: list[str | None]) -> set[End]:
    if "-0" not in args and not {"-s", "0"} <= set(args):
        return {End(0, NOTHING), End(1, NOTHING)}
    target = args[-1]
    if target == "1":
        player.world.note("asks_pid1", "kill -0 1")
        return {End(0)}
    return {End(int(player.world.service is Service.GONE))} if target is not None else {End(0), End(1)}
