"""Plays a check's shell command through in one world and collects every exit status that it can end with."""

from typing import Final

from doctor.health_checks import programs
from doctor.health_checks.shell import parse
from doctor.health_checks.trees import (
    AndOr,
    Choice,
    Command,
    Expansion,
    Group,
    Negated,
    NotShellError,
    Pipeline,
    Series,
    Substitution,
    Tree,
    Word,
    simple,
)
from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, World

_BUILT_IN: Final = frozenset({
    ":", "[", "[[", "cd", "command", "echo", "eval", "exec", "exit", "export", "false", "kill", "printf", "read",
    "return", "set", "test", "trap", "true", "type", "ulimit", "umask", "wait",
})  # fmt: skip
_PROCESS_TOOLS: Final = frozenset({"ps", "pgrep", "pkill", "top"})
_KEPT: Final = 24  # more ways to end than this do not tell more
_CANNOT_RUN: Final = 127


class Player:
    """One shell at work in one world.

    Attributes:
        world: Where it runs.
        dialect: ``dash``, ``ash`` or ``bash``; None when the image's shell is not known.
        options: What it was told by ``set`` and heeds: ``errexit``, ``pipefail``.
    """

    def __init__(self, world: World, dialect: str | None) -> None:
        """A shell of a dialect in a world."""
        self.world = world
        self.dialect = dialect
        self.options: set[str] = set()

    def shell(self, text: str, *, argv: str) -> set[End]:
        """The ends of a shell that was started as ``argv`` to run a text."""
        try:
            tree = parse(text)
        except NotShellError as error:
            self.world.note("shell_syntax", str(error))
            return {End(2, NOTHING)}
        before = self.world.own
        if not simple(tree):
            self.world.own = (*before, Line(argv, own=True, name="sh"))
        ends = {End(end.status, end.output) for end in self.run(tree, NOTHING, 0)}
        self.world.own = before
        return ends

    def exec(self, argv: list[str | None], stdin: Lines = NOTHING) -> set[End]:
        """The ends of one program that is started without a shell."""
        name = argv[0]
        if name is None:
            return {End(0, ANY), End(1, ANY)}
        if name not in _BUILT_IN or self.dialect == "":
            there = self.world.setting.contents.has(name)
            if there is None:
                self.world.note("program_doubtful" if name in _PROCESS_TOOLS else "program_unknown", name)
            if there is False:
                self.world.note("program_missing", name)
            if there is False or (there is None and not self.world.favourable):
                return {End(_CANNOT_RUN, NOTHING)}
        return programs.ends(self, name.rsplit("/", 1)[-1], argv[1:], stdin)

    def run(self, tree: Tree, stdin: Lines, last: int) -> set[End]:
        """The ends of a tree; ``last`` is what ``$?`` says before it."""
        match tree:
            case Command():
                return self._command(tree, stdin, last)
            case Pipeline(parts):
                return self._pipeline(parts, stdin, last)
            case AndOr(left, operator, right):
                return self._and_or(left, operator, right, stdin, last)
            case Series(steps):
                return self._series(steps, stdin, last)
            case Negated(inside):
                return {End(int(not end.status), end.output, end.stopped) for end in self.run(inside, stdin, last)}
            case Group(inside, apart):
                ends = self.run(inside, stdin, last)
                return {End(end.status, end.output) for end in ends} if apart else ends
            case Choice(test, yes, no):
                return self._choice(test, yes, no, last)
            case _:
                ends = {End(0, ANY), End(1, ANY)}
                # An `exit` in a loop ends the shell, and not only the loop.
                return ends | {End(end.status, ANY, stopped=True) for end in ends}

    def _series(self, steps: tuple[Tree, ...], stdin: Lines, last: int) -> set[End]:
        ends = {End(last, NOTHING)}
        for step in steps:
            after: set[End] = set()
            for end in ends:
                if end.stopped:
                    after.add(end)
                    continue
                more = self.run(step, stdin, end.status)
                after |= {_then(end, one) for one in (self._heeded(step, more) if "errexit" in self.options else more)}
            ends = _few(after)
        return ends

    def _heeded(self, step: Tree, ends: set[End]) -> set[End]:
        """What fails ends the shell; in a list of ``&&`` and ``||`` only what stands last does, which is not told."""
        stopped = {End(end.status, end.output, stopped=True) for end in ends if end.status}
        return stopped | ({*ends} if isinstance(step, AndOr) else {end for end in ends if not end.status})

    def _and_or(self, left: Tree, operator: str, right: Tree, stdin: Lines, last: int) -> set[End]:
        found: set[End] = set()
        for end in self.run(left, stdin, last):
            if end.stopped or (end.status == 0) is (operator == "||"):
                found.add(end)
            else:
                found |= {_then(end, more) for more in self.run(right, stdin, end.status)}
        return _few(found)

    def _choice(self, test: Tree, yes: Tree, no: Tree | None, last: int) -> set[End]:
        found: set[End] = set()
        for end in self.run(test, NOTHING, last):
            branch = yes if end.status == 0 else no
            if end.stopped:
                found.add(end)
            elif branch is None:
                found.add(End(0, end.output))
            else:
                found |= {_then(end, more) for more in self.run(branch, NOTHING, end.status)}
        return _few(found)

    def _pipeline(self, parts: tuple[Tree, ...], stdin: Lines, last: int) -> set[End]:
        """Every part sees the others in the process list; only the last one's status counts."""
        before = self.world.own
        shown = [self._shown(part, last) for part in parts]
        self.world.own = (*before, *(line for line in shown if line is not None))
        inputs: set[Lines] = {stdin}
        ends: set[End] = set()
        failed: set[End] = set()
        for part in parts:
            failed |= {End(end.status, ANY) for end in ends if end.status}
            ends = {End(end.status, end.output) for given in inputs for end in self.run(part, given, last)}
            inputs = {end.output for end in ends}
        self.world.own = before
        ends |= failed if "pipefail" in self.options else set()
        if len(parts) > 1 and {end.status for end in ends} == {0}:
            self.world.note("status_lost_in_pipe", _first_word(parts[-1]))
        return _few(ends)

    def _shown(self, part: Tree, last: int) -> Line | None:
        if not isinstance(part, Command):
            return None
        words = [self._text(word, last) for word in part.words]
        return Line(None if None in words else " ".join(str(word) for word in words), own=True, name=words[0])

    def _command(self, command: Command, stdin: Lines, last: int) -> set[End]:
        argv = [self._text(word, last) for word in command.words]
        if any("::" in piece.form for word in command.words for piece in word if isinstance(piece, Expansion)):
            self.world.note("unresolved_substitution", _form(command))
            return {End(2, NOTHING, stopped=True)}
        ends: set[End] = set()
        for read in command.reads:
            opened = self._opened(self._text(read, last))
            ends |= {end for end in opened if end.status}
            if all(end.status for end in opened):
                return ends
            stdin = ANY
        ends |= self.exec(argv, stdin)
        return {End(end.status, NOTHING, end.stopped) for end in ends} if command.silenced else ends

    def _opened(self, path: str | None) -> set[End]:
        return programs.connected(self, path) if path and path.startswith("/dev/tcp/") else {End(0), End(1)}

    def _text(self, word: Word, last: int) -> str | None:
        """A word as the program gets it; None when that is not known."""
        texts: list[str] = []
        for piece in word:
            match piece:
                case str():
                    texts.append(piece)
                case Substitution(inside):
                    outputs = {end.output for end in self.run(inside, NOTHING, last)}
                    if (
                        len(outputs) != 1
                        or (lines := outputs.pop()) is None
                        or any(line.text is None for line in lines)
                    ):
                        return None
                    texts.append("\n".join(str(line.text) for line in lines))
                case Expansion():
                    value = self._value(piece, last)
                    if value is None:
                        return None
                    texts.append(value)
        return "".join(texts)

    def _value(self, variable: Expansion, last: int) -> str | None:
        if variable.name == "?":
            return str(last)
        setting = self.world.setting
        if variable.name in setting.environment:
            return setting.environment[variable.name]
        if not variable.name.isidentifier():
            return None
        if variable.fallback is not None:
            return variable.fallback
        if "::" in variable.form:
            return ""
        if setting.environment_known and not variable.name.startswith(("AWS_", "ECS_", "HOST", "HOME", "PATH", "PWD")):
            self.world.note("variable_unset", variable.name)
            return ""
        return None


def _then(first: End, second: End) -> End:
    output = None if first.output is None or second.output is None else (*first.output, *second.output)
    return End(second.status, output, second.stopped)


def _few(ends: set[End]) -> set[End]:
    return ends if len(ends) <= _KEPT else {End(end.status, ANY, end.stopped) for end in ends}


def _first_word(tree: Tree) -> str:
    return str(tree.words[0][0]) if isinstance(tree, Command) and tree.words[0] else "a group"


def _form(command: Command) -> str:
    return next(
        piece.form for word in command.words for piece in word if isinstance(piece, Expansion) and "::" in piece.form
    )
