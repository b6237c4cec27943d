"""Variables of a shell: what a word becomes, and what an assignment leaves behind."""

from typing import TYPE_CHECKING

from doctor.health_checks.arithmetic import worked_out
from doctor.health_checks.joining import after, few
from doctor.health_checks.trees import Arithmetic, Expansion, Piece, Substitution, Tree, Word
from doctor.health_checks.worlds import NOTHING, End, Lines, Memory

if TYPE_CHECKING:
    from doctor.health_checks.play import Player


def text_of(player: "Player", word: Word, memory: Memory) -> str | None:
    """A word as the program gets it; None when that is not known."""
    texts = [_piece(player, piece, memory) for piece in word]
    return None if None in texts else "".join(str(text) for text in texts)


def assigned(player: "Player", pairs: tuple[tuple[str, Word], ...], memory: Memory) -> set[End]:
    """The status of the last substitution; each of its ways to end gives the variable another text."""
    ends = {End(0, memory=memory)}  # with `$?` as it was: a word may ask for it
    for name, word in pairs:
        found: set[End] = set()
        for end in ends:
            inner = [piece.inside for piece in word if isinstance(piece, Substitution)]
            if len(inner) == 1 and all(piece == "" or isinstance(piece, Substitution) for piece in word):
                for read in _read(player, inner[0], end.memory):
                    found.add(after(End(read.status), end.memory.with_variables({name: _told(read.output)})))
            else:
                text = text_of(player, word, end.memory)
                found.add(End(0, memory=end.memory.with_variables({name: text})))
        ends = few(found)
    return {after(end, end.memory) for end in ends}


def _piece(player: "Player", piece: Piece, memory: Memory) -> str | None:
    match piece:
        case str():
            return piece
        case Substitution(inside):
            outputs = {end.output for end in _read(player, inside, memory)}
            return _told(outputs.pop()) if len(outputs) == 1 else None
        case Expansion():
            return _value(player, piece, memory)
        case Arithmetic(expression):
            number = worked_out(expression, lambda name: _value(player, Expansion(name, None, name), memory))
            return None if number is None else str(number)


def _read(player: "Player", inside: Tree, memory: Memory) -> set[End]:
    before, player.heeded = player.heeded, True
    ends = player.run(inside, NOTHING, memory)
    player.heeded = before
    return ends


def _told(output: Lines) -> str | None:
    if output is None or any(line.text is None for line in output):
        return None
    return "\n".join(str(line.text) for line in output)


def _value(player: "Player", variable: Expansion, memory: Memory) -> str | None:
    if variable.name == "?":
        return str(memory.last)
    setting, own = player.world.setting, dict(memory.variables)
    for known in (own, setting.environment):
        if variable.name in known:
            return known[variable.name]
    if variable.name in setting.template_names:
        player.world.note("parameter_not_filled", variable.form)
        return ""
    if not variable.name.isidentifier():
        return None
    if variable.fallback is not None:
        return variable.fallback
    if "::" in variable.form:
        return ""
    if setting.environment_known and not variable.name.startswith(("AWS_", "ECS_", "HOST", "HOME", "PATH", "PWD")):
        player.world.note("variable_unset", variable.name)
        return ""
    return None
