"""Plays a check's shell command through in one world and collects every exit status that it can end with."""

from dataclasses import replace
from typing import Final

from doctor.health_checks import branching, joining, programs, variables
from doctor.health_checks.joining import after
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
_CANNOT_RUN: Final = 127
_AT_THE_END: Final = frozenset({"EXIT", "0"})


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
        ended = self.run(tree, NOTHING, replace(FRESH, options=options))
        ends = {End(last.status, last.output) for end in ended for last in self._trapped(end)}
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

    def run(self, tree: Tree, stdin: Lines, memory: Memory) -> set[End]:  # noqa: PLR0911 -- a line for each kind
        """The ends of a tree, each with what the shell knows after it."""
        match tree:
            case Command():
                return self._command(tree, stdin, memory)
            case Pipeline() | AndOr() | Series():
                return joining.ends(self, tree, stdin, memory)
            case Group(inside, apart):
                ends = self.run(inside, stdin, memory)
                return {after(End(end.status, end.output), memory) for end in ends} if apart else ends
            case Assignment(pairs):
                return variables.assigned(self, pairs, memory)
            case Choice() | Loop() | Case():
                return branching.ends(self, tree, memory)
            case Negated(inside):
                return {
                    after(replace(end, status=int(not end.status)), memory) for end in self.run(inside, stdin, memory)
                }
            case Background(inside):
                self.run(inside, NOTHING, memory)
                return {after(End(0), memory)}
            case Function(name, body):
                self._functions[name] = body
                return {after(End(0), memory)}
            case _:
                return {after(End(status, ANY, stop), memory) for status in (0, 1) for stop in (Stop.NOT, Stop.SHELL)}

    def text(self, word: Word, memory: Memory) -> str | None:
        """A word as the program gets it; None when that is not known."""
        return variables.text_of(self, word, memory)

    def _command(self, command: Command, stdin: Lines, memory: Memory) -> set[End]:
        texts = [(word, self.text(word, memory)) for word in command.words]
        argv = [text for word, text in texts if text != "" or any(isinstance(piece, str) for piece in word)]
        if any("::" in piece.form for word in command.words for piece in word if isinstance(piece, Expansion)):
            self.world.note("unresolved_substitution", _form(command))
            return {after(End(2, NOTHING, Stop.SHELL), memory)}
        ends: set[End] = set()
        for read in command.reads:
            opened = self._opened(self.text(read, memory))
            ends |= {end for end in opened if end.status}
            if all(end.status for end in opened):
                return {after(end, memory) for end in ends}
            stdin = ANY
        ends |= self._called(argv or ["true"], stdin, memory)
        return {after(replace(end, output=NOTHING) if command.silenced else end, end.memory) for end in ends}

    def _called(self, argv: list[str | None], stdin: Lines, memory: Memory) -> set[End]:
        name, first = argv[0], argv[1] if len(argv) > 1 else None
        if name in self._functions:
            ends = self.run(self._functions[str(name)], stdin, memory)
            return {replace(end, stop=Stop.NOT) if end.stop is Stop.FUNCTION else end for end in ends}
        if name in {"exit", "return"} and self.dialect != "":
            stop = Stop.FUNCTION if name == "return" else Stop.SHELL
            known = memory.last if len(argv) == 1 else programs.number(first) % 256
            statuses = (0, 1) if len(argv) > 1 and first is None else (known,)
            return {End(status, NOTHING, stop, memory) for status in statuses}
        match name:
            case "set":
                return {self._options(argv[1:], memory)}
            case "trap" if len(argv) > 2 and _AT_THE_END & {*argv[2:]}:
                return {End(0, memory=replace(memory, trap="" if first == "-" else first))}
            case "((":
                return self._counted(first, memory)
        # What a shell hands itself over to by exec knows nothing of its traps.
        left = replace(memory, trap="") if name == "exec" and first is not None else memory
        return {replace(end, memory=left) for end in self.exec(argv, stdin)}

    def _trapped(self, end: End) -> set[End]:
        """The end of a shell after what it was told to do then; an ``exit`` in that decides."""
        action = end.memory.trap
        if action == "":
            return {end}
        if action is None:
            return {end, End(0, ANY), End(1, ANY)}
        try:
            last = self.run(parse(action), NOTHING, replace(end.memory, trap="", last=end.status))
        except NotShellError:
            return {end}
        return {one if one.stop is Stop.SHELL else end for one in last}

    def _counted(self, number: str | None, memory: Memory) -> set[End]:
        """``((…))``, which only bash knows: to others it is a command in brackets in brackets."""
        if self.dialect in {"dash", "ash"}:
            self.world.note("needs_bash", "((")
            return {End(_CANNOT_RUN, memory=memory)}
        statuses = (0, 1) if number is None else (int(number == "0"),)
        return {End(status, memory=memory) for status in statuses}

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
        return End(0, memory=replace(memory, last=0, options=memory.options | on))

    def _opened(self, path: str | None) -> set[End]:
        return programs.connected(self, path) if path and path.startswith("/dev/tcp/") else {End(0), End(1)}


def _form(command: Command) -> str:
    return next(
        piece.form for word in command.words for piece in word if isinstance(piece, Expansion) and "::" in piece.form
    )
