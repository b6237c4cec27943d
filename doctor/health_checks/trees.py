"""A shell command as a tree of the few things a health check is made of."""

from dataclasses import dataclass


class NotShellError(ValueError):
    """The text is no command that a shell would run; says why."""


@dataclass(frozen=True)
class Expansion:
    """``$NAME`` or ``${NAME:-fallback}``; ``fallback`` is None without one, ``form`` the text as written."""

    name: str
    fallback: str | None
    form: str


@dataclass(frozen=True)
class Substitution:
    """``$(command)``."""

    inside: "Tree"


@dataclass(frozen=True)
class Arithmetic:
    """``$((expression))``."""

    expression: str


Piece = str | Expansion | Substitution | Arithmetic
Word = tuple[Piece, ...]


@dataclass(frozen=True)
class Command:
    """A program with its words; ``reads`` are the files it is fed from, ``silenced`` when its output goes elsewhere."""

    words: tuple[Word, ...]
    reads: tuple[Word, ...] = ()
    silenced: bool = False


@dataclass(frozen=True)
class Pipeline:
    """``a | b | c``: its status is the last one's."""

    parts: tuple["Tree", ...]


@dataclass(frozen=True)
class AndOr:
    """``left && right`` or ``left || right``."""

    left: "Tree"
    operator: str
    right: "Tree"


@dataclass(frozen=True)
class Series:
    """``a; b; c``, also over lines."""

    steps: tuple["Tree", ...]


@dataclass(frozen=True)
class Negated:
    """``! command``."""

    inside: "Tree"


@dataclass(frozen=True)
class Group:
    """``( … )`` when ``apart``, so that an ``exit`` ends only the group; else ``{ …; }``."""

    inside: "Tree"
    apart: bool


@dataclass(frozen=True)
class Choice:
    """``if test; then yes; else no; fi``; an ``elif`` is a choice inside ``no``."""

    test: "Tree"
    yes: "Tree"
    no: "Tree | None"


@dataclass(frozen=True)
class Assignment:
    """``NAME=word``, one or more; its status is that of a substitution in it."""

    pairs: tuple[tuple[str, Word], ...]


@dataclass(frozen=True)
class Background:
    """``command &``: nobody waits for it, and its status is 0."""

    inside: "Tree"


@dataclass(frozen=True)
class Loop:
    """``for``, ``while`` and ``until``; ``test`` is None for ``for``, whose ``variable`` takes any of its words."""

    body: "Tree"
    test: "Tree | None" = None
    ends_when: bool = False
    variable: str = ""


@dataclass(frozen=True)
class Case:
    """``case word in patterns) … ;; esac``."""

    subject: Word
    branches: tuple[tuple[tuple[str, ...], "Tree"], ...]


@dataclass(frozen=True)
class Function:
    """``name() { …; }``."""

    name: str
    body: "Tree"


@dataclass(frozen=True)
class Opaque:
    """What is not read any further: whatever it ends with is possible."""

    text: str


Tree = (
    Command
    | Pipeline
    | AndOr
    | Series
    | Negated
    | Group
    | Choice
    | Assignment
    | Background
    | Loop
    | Case
    | Function
    | Opaque
)


def simple(tree: Tree) -> bool:
    """Whether the shell replaces itself by the one command, so that no ``sh -c …`` stays in the process list."""
    return isinstance(tree, Command) or (isinstance(tree, Series) and len(tree.steps) == 1 and simple(tree.steps[0]))
