"""What the programs of health checks end with: shell words, filters, and the way to those that look around."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from doctor.health_checks import answers, comparisons, interpreters, matching, processes
from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, Service, Stop

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

Argv = list[str | None]
Program = Callable[["Player", str, Argv, Lines], set[End]]
EITHER: Final = frozenset({End(0, ANY), End(1, ANY)})
_FILTERS: Final = frozenset({
    "awk", "base64", "cat", "column", "cut", "gawk", "head", "mawk", "nl", "od", "rev", "sed", "sort", "tac",
    "tail", "tee", "tr", "uniq", "xargs",
})  # fmt: skip
_WRAPPERS: Final = {
    "env": 0,
    "exec": 0,
    "sudo": 0,
    "nice": 0,
    "nohup": 0,
    "stdbuf": 1,
    "eval": 0,
    "gosu": 1,
    "su-exec": 1,
    "busybox": 0,
    "timeout": 1,
    "time": 0,
}
_ALWAYS: Final = frozenset({
    ":", "cd", "date", "export", "hostname", "id", "trap", "true", "ulimit", "umask", "uname", "uptime",
    "wait", "whoami",
})  # fmt: skip


def ends(player: "Player", name: str, args: Argv, stdin: Lines) -> set[End]:
    """The ways in which a program that is there can end."""
    if name in _WRAPPERS:
        return _wrapped(player, name, args, stdin)
    if name in _ALWAYS:
        return {End(0, ANY)}
    if name in _FILTERS:
        return _filtered(name, args, stdin)
    return _LOOKERS.get(name, _looking(name))(player, name, args, stdin)


def connected(player: "Player", path: str) -> set[End]:
    """Bash's ``/dev/tcp/host/port``, which other shells take for a file that is not there."""
    _, _, _, host, port, *_ = [*path.split("/"), "", ""]
    if player.dialect not in {"bash", None}:
        player.world.note("needs_bash", path)
        return {End(2)}
    return answers.connected(player, host, int(port) if port.isdigit() else None)


def _looking(name: str) -> Program:
    families: tuple[tuple[Callable[[str], bool], Program], ...] = (
        (matching.knows, matching.ends),
        (processes.knows, processes.ends),
        (answers.knows, answers.ends),
        (interpreters.knows, interpreters.ends),
    )
    return next((ends for knows, ends in families if knows(name)), _unknown)


def _unknown(player: "Player", name: str, args: Argv, stdin: Lines) -> set[End]:
    """A program of somebody's own, or one whose answer depends on files: it may say either."""
    del stdin
    player.world.note("asks", name, " ".join(arg or "…" for arg in args))
    return set(EITHER)


def number(text: str | None) -> int:
    """A whole number as the shell reads it; 1 for a text that is none."""
    return int(text) if text and text.lstrip("-").isdigit() else 1 if text else 0


def _said(args: Argv) -> Lines:
    words = [arg for arg in args if arg not in {"-n", "-e"}]
    if None in words:
        return ANY
    text = " ".join(str(word) for word in words)
    return tuple(Line(line) for line in text.split("\n")) if text else (Line(""),)


def _slept(player: "Player", args: Argv) -> set[End]:
    seconds = number(args[0]) if args else 0
    if seconds >= player.world.setting.timeout_s:
        player.world.note("slower_than_timeout", str(seconds), str(player.world.setting.timeout_s))
        return {End(124, NOTHING, Stop.SHELL)}
    return {End(0)}


def _found(player: "Player", name: str, args: Argv) -> set[End]:
    wanted = next((arg for arg in args if arg and not arg.startswith("-")), None)
    if name == "command" and args and not str(args[0]).startswith("-"):
        return player.exec(args)
    there = player.world.setting.contents.has(wanted) if wanted else None
    player.world.note("only_installed", wanted or "a program")
    return {End(0 if there or (there is None and player.world.favourable) else 1, ANY)}


def _nested(player: "Player", name: str, args: Argv) -> set[End]:
    texts = list(args)
    while texts and str(texts[0]).startswith("-") and texts[0] not in {"-c", "-ec", "-lc", "-euc", "-exc"}:
        texts.pop(0)
    if not texts or texts[0] is None or not texts[0].startswith("-"):
        return _unknown(player, name, args, ANY)
    text = texts[1] if len(texts) > 1 else None
    if text is None:
        return set(EITHER)
    inner = type(player)(player.world, name if name != "sh" else player.dialect)
    return inner.shell(text, argv=f"{name} {texts[0]} {text}", options=frozenset({"e"} & {*texts[0]}))


def _wrapped(player: "Player", name: str, args: Argv, stdin: Lines) -> set[End]:
    words = list(args)
    while words and words[0] is not None and (words[0].startswith("-") or (name == "env" and "=" in words[0])):
        words.pop(0)
        if name == "timeout" and words and words[0] in {"KILL", "TERM", "INT", "9", "15"}:
            words.pop(0)
    words = words[_WRAPPERS[name] :]
    if not words:
        return {End(0)}
    found = player.exec(words, stdin)
    if name == "timeout" and player.world.service is Service.GONE:
        found = {*found, End(124)} if any(end.status for end in found) else found
    return {End(end.status, end.output, Stop.SHELL) for end in found} if name == "exec" else found


def _counted(args: Argv, stdin: Lines) -> Lines:
    if "-l" not in args or stdin is None or any(line.text is None for line in stdin):
        return ANY
    return (Line(str(len(stdin))),)


def _filtered(name: str, args: Argv, stdin: Lines) -> set[End]:
    files = [arg for arg in args if arg is None or not arg.startswith("-")]
    if name == "cat":
        return {End(0, ANY), End(1, NOTHING)} if files else {End(0, stdin)}
    if name in {"awk", "gawk", "mawk", "xargs", "sed"} and any(
        "exit" in str(arg) or name == "xargs" or " q" in str(arg) for arg in args
    ):
        return set(EITHER)
    if name in {"head", "tail"} and any(arg and arg.startswith("/") for arg in files):
        return {End(0, ANY), End(1, NOTHING)}
    return {End(0, NOTHING if stdin == NOTHING else ANY)}


_LOOKERS: Final[dict[str, Program]] = {
    "false": lambda *_: {End(1)},
    "echo": lambda _player, _name, args, _stdin: {End(0, _said(args))},
    "printf": lambda _player, _name, args, _stdin: {End(0, _said(args))},
    "sleep": lambda player, _name, args, _stdin: _slept(player, args),
    "wc": lambda _player, _name, args, stdin: {End(0, _counted(args, stdin))},
    "jq": lambda *_: set(EITHER),
    **dict.fromkeys(("test", "[", "[["), lambda player, name, args, _stdin: comparisons.ends(player, name, args)),
    **dict.fromkeys(("command", "which", "type"), lambda player, name, args, _stdin: _found(player, name, args)),
    **dict.fromkeys(("sh", "bash", "ash", "dash"), lambda player, name, args, _stdin: _nested(player, name, args)),
}
