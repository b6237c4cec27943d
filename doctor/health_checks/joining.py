"""How a shell joins commands: one after the other, by ``&&`` and ``||``, by pipes; and what ends the whole of it."""

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from doctor.health_checks.trees import AndOr, Command, Negated, Pipeline, Series, Tree
from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, Memory, Stop

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_KEPT: Final = 24  # more ways to end than this do not tell more


def ends(player: "Player", tree: Series | AndOr | Pipeline, stdin: Lines, memory: Memory) -> set[End]:
    """The ends of commands that are joined."""
    match tree:
        case Series(steps):
            return _series(player, steps, stdin, memory)
        case AndOr():
            return _and_or(player, tree, stdin, memory)
        case Pipeline(parts):
            return _pipeline(player, parts, stdin, memory)


def few(ends: set[End]) -> set[End]:
    """The same ends, without telling their outputs apart when there are very many."""
    if len(ends) <= _KEPT:
        return ends
    return {End(end.status, ANY, end.stop, replace(end.memory, last=end.status, variables=())) for end in ends}


def after(end: End, memory: Memory) -> End:
    """An end with what the shell knows then."""
    return replace(end, memory=replace(memory, last=end.status))


def _series(player: "Player", steps: tuple[Tree, ...], stdin: Lines, memory: Memory) -> set[End]:
    found = {End(memory.last, NOTHING, memory=memory)}
    for step in steps:
        ended: set[End] = set()
        for end in found:
            if end.stop is not Stop.NOT:
                ended.add(end)
                continue
            ended |= {_checked(_then(end, more), step) for more in player.run(step, stdin, end.memory)}
        found = few(ended)
    return found


def _and_or(player: "Player", tree: AndOr, stdin: Lines, memory: Memory) -> set[End]:
    found: set[End] = set()
    for end in player.run(tree.left, stdin, memory):
        if end.stop is not Stop.NOT or (end.status == 0) is (tree.operator == "||"):
            found.add(end)
        else:
            found |= {_then(end, more) for more in player.run(tree.right, stdin, end.memory)}
    return few(found)


def _pipeline(player: "Player", parts: tuple[Tree, ...], stdin: Lines, memory: Memory) -> set[End]:
    """Every part sees the others in the process list; only the last one's status counts, unless pipefail is set."""
    before, heeded = player.world.own, player.heeded
    shown = [_shown(player, part, memory) for part in parts]
    player.world.own = (*before, *(line for line in shown if line is not None))
    fails = "pipefail" in memory.options
    inputs: set[tuple[int, Lines]] = {(0, stdin)}
    for part in parts:
        player.heeded = heeded or part is not parts[-1]
        inputs = {
            (end.status or (worst if fails else 0), end.output)
            for worst, given in inputs
            for end in player.run(part, given, memory)
        }
    player.world.own, player.heeded = before, heeded
    return few({after(End(status, output), memory) for status, output in inputs})


def _shown(player: "Player", part: Tree, memory: Memory) -> Line | None:
    if not isinstance(part, Command):
        return None
    words = [player.text(word, memory) for word in part.words]
    return Line(None if None in words else " ".join(str(word) for word in words), own=True, name=words[0])


def _then(first: End, second: End) -> End:
    """Two ends, one after the other, as one."""
    output = None if first.output is None or second.output is None else (*first.output, *second.output)
    return replace(second, output=output)


def _checked(end: End, step: Tree) -> End:
    """With ``set -e`` a command that fails ends the shell, unless its status is being looked at."""
    looked_at = isinstance(step, Negated) or (isinstance(step, AndOr) and step.operator == "&&")
    fails = end.status != 0 and "e" in end.memory.options and not looked_at
    return replace(end, stop=Stop.SHELL) if fails and end.stop is Stop.NOT else end
