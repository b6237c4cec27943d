"""``if``, ``case``, ``for`` and ``while``: every branch that the knowledge of the moment leaves open."""

from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from doctor.health_checks.trees import Case, Choice, Loop
from doctor.health_checks.worlds import NOTHING, End, Memory, Stop

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_ROUNDS: Final = 3  # what a loop does in its first rounds it may do in all; more do not tell more
_MOST_ROUNDS: Final = 60  # of a loop that counts, whose every round is known


def ends(player: "Player", tree: Choice | Case | Loop, memory: Memory) -> set[End]:
    """The ends of what chooses between commands, or repeats them."""
    match tree:
        case Choice():
            return _choice(player, tree, memory)
        case Case():
            return _case(player, tree, memory)
        case Loop():
            return _loop(player, tree, memory)


def _choice(player: "Player", tree: Choice, memory: Memory) -> set[End]:
    found: set[End] = set()
    for end in player.run(tree.test, NOTHING, memory):
        branch = tree.yes if end.status == 0 else tree.no
        if end.stop is not Stop.NOT:
            found.add(end)
        elif branch is None:
            found.add(End(0, end.output, memory=replace(end.memory, last=0)))
        else:
            found |= player.run(branch, NOTHING, end.memory)
    return found


def _case(player: "Player", tree: Case, memory: Memory) -> set[End]:
    subject = player.text(tree.subject, memory)
    nothing = End(0, memory=replace(memory, last=0))
    found: set[End] = set()
    for patterns, branch in tree.branches:
        if subject is None:
            found |= player.run(branch, NOTHING, memory)
        elif any(fnmatchcase(subject, pattern) for pattern in patterns):
            return player.run(branch, NOTHING, memory)
    has_default = any("*" in patterns for patterns, _ in tree.branches)
    return found if subject is None and has_default else {*found, nothing}


def _loop(player: "Player", tree: Loop, memory: Memory) -> set[End]:
    """A loop without a test runs at least once; one with a test may go on for ever, which ends at the time-out."""
    if tree.variable:
        memory = memory.with_variables({tree.variable: None})
    found: set[End] = set()
    rounds = {End(0, memory=replace(memory, last=0))}
    for number in range(_MOST_ROUNDS):
        if number >= _ROUNDS and (tree.test is None or len(rounds) > 1):
            break
        if tree.test is not None:
            tested = {after for end in rounds for after in player.run(tree.test, NOTHING, end.memory)}
            leaves = {end for end in tested if (end.status == 0) is tree.ends_when or end.stop is not Stop.NOT}
            found |= {end if end.stop is not Stop.NOT else End(0, memory=end.memory) for end in leaves}
            rounds = tested - leaves
            if leaves and rounds and number >= _ROUNDS:
                break
        before = rounds
        after = {end for start in rounds for end in player.run(tree.body, NOTHING, start.memory)}
        found |= {end for end in after if end.stop is not Stop.NOT}
        rounds = {end for end in after if end.stop is Stop.NOT}
        if rounds == before:  # every further round is like this one
            break
    if tree.test is None:
        return found | rounds
    return found | ({End(124, stop=Stop.SHELL)} if rounds else set())
