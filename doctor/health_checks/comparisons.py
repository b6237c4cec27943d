"""``test``, ``[`` and ``[[``: true, false, or either when what is compared is not known."""

import re
from typing import TYPE_CHECKING, Final

from doctor.health_checks.worlds import End

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_NUMBERS: Final = {
    "-eq": lambda a, b: a == b,
    "-ne": lambda a, b: a != b,
    "-gt": lambda a, b: a > b,
    "-ge": lambda a, b: a >= b,
    "-lt": lambda a, b: a < b,
    "-le": lambda a, b: a <= b,
}
_YES: Final = {End(0)}
_NO: Final = {End(1)}
_EITHER: Final = {End(0), End(1)}


def ends(player: "Player", name: str, args: list[str | None]) -> set[End]:
    """The ends of a test with these words."""
    if name == "[[" and player.dialect == "dash":
        player.world.note("needs_bash", "[[")
        return {End(127)}
    if name != "[[" and player.dialect == "dash" and "==" in args:
        player.world.note("needs_bash", "==")
        return {End(2)}
    words = [word for word in args if word not in {"]", "]]"}]
    if words and words[0] == "!":
        return {End(int(not end.status)) for end in ends(player, "test", words[1:])}
    return set(_tested(player, words, name))


def _tested(player: "Player", words: list[str | None], name: str) -> set[End]:
    match words:
        case []:
            return _NO
        case [text]:
            return _EITHER if text is None else _YES if text else _NO
        case ["-n" | "-z" as wanted, text]:
            return _EITHER if text is None else _YES if bool(text) is (wanted == "-n") else _NO
        case [str() as about, path] if about.startswith("-"):
            player.world.note("asks_file", path or "a file", about)
            return _EITHER
        case [left, str() as operator, right]:
            return _compared(left, operator, right, name)
        case _:
            return _EITHER


def _compared(left: str | None, operator: str, right: str | None, name: str) -> set[End]:
    if left is None or right is None:
        return _EITHER
    if operator in _NUMBERS:
        if not (_whole(left) and _whole(right)):
            return {End(2)}
        return _YES if _NUMBERS[operator](int(left), int(right)) else _NO
    if operator in {"=", "=="}:
        return _YES if left == right else _EITHER if name == "[[" and re.search(r"[*?\[]", right) else _NO
    if operator == "!=":
        return _YES if left != right else _NO
    return _EITHER


def _whole(text: str) -> bool:
    return re.fullmatch(r"\s*[+-]?\d+\s*", text) is not None
