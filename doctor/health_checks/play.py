# long: one shell, whose commands call each other in every order
"""Plays a check's shell command through in one world and collects every exit status that it can end with."""

from dataclasses import replace
from typing import Final

from doctor.health_checks import branching, programs
from doctor.health_checks.shell import parse
from doctor.health_checks.trees import (
    AndOr,
    Assignment,
    Background,
    Case,
    Choice,
    Command,
    Expansion,
    Function,
    Group,
    Loop,
    Negated,
    NotShellError,
    Pipeline,
    Series,
    Substitution,
    Tree,
    Word,
    simple,
)
from doctor.health_checks.worlds import ANY, FRESH, NOTHING, End, Line, Lines, Memory, Stop, World

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
        heeded: Whether somebody reads the output of what runs now, and judges by it.
    """

    def __init__(self, world: World, dialect: str | None) -> None:
        """A shell of a dialect in a world."""
        self.world = world
        self.dialect = dialect
        self.heeded = False
        self._functions: dict[str, Tree] = {}

    def shell(self, text: str, *, argv: str, options: frozenset[str] = frozenset()) -> set[End]:
        """The ends of a shell that was started as ``argv``, perhaps with options such as ``-e``, to run a text."""
        try:
            tree = parse(text)
        except NotShellError as error:
            self.world.note("shell_syntax", str(error))
            return {End(2, NOTHING)}
        before = self.world.own
        if not simple(tree):
            self.world.own = (*before, Line(argv, own=True, name="sh"))
        ends = {End(end.status, end.output) for end in self.run(tree, NOTHING, replace(FRESH, options=options))}
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

    def run(self, tree: Tree, stdin: Lines, memory: Memory) -> set[End]:  # noqa: C901, PLR0911 -- a line for each kind
        """The ends of a tree, each with what the shell knows after it."""
        match tree:
            case Command():
                return self._command(tree, stdin, memory)
            case Pipeline(parts):
                return self._pipeline(parts, stdin, memory)
            case AndOr(left, operator, right):
                return self._and_or(left, operator, right, stdin, memory)
            case Series(steps):
                return self._series(steps, stdin, memory)
            case Group(inside, apart):
                ends = self.run(inside, stdin, memory)
                return {_after(End(end.status, end.output), memory) for end in ends} if apart else ends
            case Assignment(pairs):
                return self._assignment(pairs, memory)
            case Choice() | Loop() | Case():
                return branching.ends(self, tree, memory)
            case Negated(inside):
                return {
                    _after(replace(end, status=int(not end.status)), memory) for end in self.run(inside, stdin, memory)
                }
            case Background(inside):
                self.run(inside, NOTHING, memory)
                return {_after(End(0), memory)}
            case Function(name, body):
                self._functions[name] = body
                return {_after(End(0), memory)}
            case _:
                return {_after(End(status, ANY, stop), memory) for status in (0, 1) for stop in (Stop.NOT, Stop.SHELL)}

    def text(self, word: Word, memory: Memory) -> str | None:
        """A word as the program gets it; None when that is not known."""
        texts: list[str] = []
        for piece in word:
            match piece:
                case str():
                    texts.append(piece)
                case Substitution(inside):
                    ends = self._read(inside, memory)
                    outputs = {end.output for end in ends}
                    if (
                        len(outputs) != 1
                        or (lines := outputs.pop()) is None
                        or any(line.text is None for line in lines)
                    ):
                        return None
                    texts.append("\n".join(str(line.text) for line in lines))
                case Expansion():
                    value = self._value(piece, memory)
                    if value is None:
                        return None
                    texts.append(value)
        return "".join(texts)

    def _read(self, inside: Tree, memory: Memory) -> set[End]:
        before, self.heeded = self.heeded, True
        ends = self.run(inside, NOTHING, memory)
        self.heeded = before
        return ends

    def _series(self, steps: tuple[Tree, ...], stdin: Lines, memory: Memory) -> set[End]:
        ends = {End(memory.last, NOTHING, memory=memory)}
        for step in steps:
            after: set[End] = set()
            for end in ends:
                if end.stop is not Stop.NOT:
                    after.add(end)
                    continue
                after |= {_checked(then(end, more), step) for more in self.run(step, stdin, end.memory)}
            ends = few(after)
        return ends

    def _and_or(self, left: Tree, operator: str, right: Tree, stdin: Lines, memory: Memory) -> set[End]:
        found: set[End] = set()
        for end in self.run(left, stdin, memory):
            if end.stop is not Stop.NOT or (end.status == 0) is (operator == "||"):
                found.add(end)
            else:
                found |= {then(end, more) for more in self.run(right, stdin, end.memory)}
        return few(found)

    def _pipeline(self, parts: tuple[Tree, ...], stdin: Lines, memory: Memory) -> set[End]:
        """Every part sees the others in the process list; only the last one's status counts, unless pipefail is set."""
        before, heeded = self.world.own, self.heeded
        shown = [self._shown(part, memory) for part in parts]
        self.world.own = (*before, *(line for line in shown if line is not None))
        fails = "pipefail" in memory.options
        inputs: set[tuple[int, Lines]] = {(0, stdin)}
        for part in parts:
            self.heeded = heeded or part is not parts[-1]
            inputs = {
                (end.status or (worst if fails else 0), end.output)
                for worst, given in inputs
                for end in self.run(part, given, memory)
            }
        self.world.own, self.heeded = before, heeded
        return few({_after(End(status, output), memory) for status, output in inputs})

    def _shown(self, part: Tree, memory: Memory) -> Line | None:
        if not isinstance(part, Command):
            return None
        words = [self.text(word, memory) for word in part.words]
        return Line(None if None in words else " ".join(str(word) for word in words), own=True, name=words[0])

    def _assignment(self, pairs: tuple[tuple[str, Word], ...], memory: Memory) -> set[End]:
        """The status of the last substitution; each of its ways to end gives the variable another text."""
        ends = {End(0, memory=memory)}  # with `$?` as it was: a word may ask for it
        for name, word in pairs:
            after: set[End] = set()
            for end in ends:
                inner = [piece.inside for piece in word if isinstance(piece, Substitution)]
                if len(inner) == 1 and all(piece == "" or isinstance(piece, Substitution) for piece in word):
                    for read in self._read(inner[0], end.memory):
                        after.add(_after(End(read.status), end.memory.with_variables({name: _told(read.output)})))
                else:
                    after.add(End(0, memory=end.memory.with_variables({name: self.text(word, end.memory)})))
            ends = few(after)
        return {_after(end, end.memory) for end in ends}

    def _command(self, command: Command, stdin: Lines, memory: Memory) -> set[End]:
        texts = [(word, self.text(word, memory)) for word in command.words]
        argv = [text for word, text in texts if text != "" or any(isinstance(piece, str) for piece in word)]
        if any("::" in piece.form for word in command.words for piece in word if isinstance(piece, Expansion)):
            self.world.note("unresolved_substitution", _form(command))
            return {_after(End(2, NOTHING, Stop.SHELL), memory)}
        ends: set[End] = set()
        for read in command.reads:
            opened = self._opened(self.text(read, memory))
            ends |= {end for end in opened if end.status}
            if all(end.status for end in opened):
                return {_after(end, memory) for end in ends}
            stdin = ANY
        ends |= self._called(argv or ["true"], stdin, memory)
        return {_after(replace(end, output=NOTHING) if command.silenced else end, end.memory) for end in ends}

    def _called(self, argv: list[str | None], stdin: Lines, memory: Memory) -> set[End]:
        name, first = argv[0], argv[1] if len(argv) > 1 else None
        if name in self._functions:
            ends = self.run(self._functions[str(name)], stdin, memory)
            return {replace(end, stop=Stop.NOT) if end.stop is Stop.FUNCTION else end for end in ends}
        if name in {"exit", "return"} and self.dialect != "":
            stop = Stop.FUNCTION if name == "return" else Stop.SHELL
            status = memory.last if len(argv) == 1 else programs.number(first) % 256
            return {End(status, NOTHING, stop, memory)}
        if name == "set":
            return {self._options(argv[1:], memory)}
        return {replace(end, memory=memory) for end in self.exec(argv, stdin)}

    def _options(self, words: list[str | None], memory: Memory) -> End:
        if "pipefail" in words and self.dialect == "dash":
            self.world.note("needs_bash", "set -o pipefail")
            return End(2, NOTHING, Stop.SHELL, memory)
        letters = {letter for word in words if word and word.startswith("-") for letter in word[1:]}
        on = (
            (letters & {"e"})
            | ({"e"} if "errexit" in words else set())
            | ({"pipefail"} if "pipefail" in words else set())
        )
        return End(0, memory=Memory(0, memory.variables, memory.options | on))

    def _opened(self, path: str | None) -> set[End]:
        return programs.connected(self, path) if path and path.startswith("/dev/tcp/") else {End(0), End(1)}

    def _value(self, variable: Expansion, memory: Memory) -> str | None:
        if variable.name == "?":
            return str(memory.last)
        setting, own = self.world.setting, dict(memory.variables)
        for known in (own, setting.environment):
            if variable.name in known:
                return known[variable.name]
        if variable.name in setting.template_names:
            self.world.note("parameter_not_filled", variable.form)
            return ""
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


def then(first: End, second: End) -> End:
    """Two ends, one after the other, as one."""
    output = None if first.output is None or second.output is None else (*first.output, *second.output)
    return replace(second, output=output)


def few(ends: set[End]) -> set[End]:
    """The same ends, without telling their outputs apart when there are very many."""
    if len(ends) <= _KEPT:
        return ends
    return {End(end.status, ANY, end.stop, Memory(end.status, (), end.memory.options)) for end in ends}


def _after(end: End, memory: Memory) -> End:
    return replace(end, memory=replace(memory, last=end.status))


def _checked(end: End, step: Tree) -> End:
    """With ``set -e`` a command that fails ends the shell, unless its status is being looked at."""
    looked_at = isinstance(step, Negated) or (isinstance(step, AndOr) and step.operator == "&&")
    fails = end.status != 0 and "e" in end.memory.options and not looked_at
    return replace(end, stop=Stop.SHELL) if fails and end.stop is Stop.NOT else end


def _told(output: Lines) -> str | None:
    if output is None or any(line.text is None for line in output):
        return None
    return "\n".join(str(line.text) for line in output)


def _form(command: Command) -> str:
    return next(
        piece.form for word in command.words for piece in word if isinstance(piece, Expansion) and "::" in piece.form
    )
