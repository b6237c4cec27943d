"""The words of a Dockerfile's instructions: commands, lists, pairs, variables."""

import json
import re
import shlex
from typing import Final

from doctor.health_checks.trees import AndOr, Case, Choice, Command, Group, Loop, Opaque, Pipeline, Series, Tree

_HEREDOC: Final = re.compile(
    r"^(?P<word>RUN|COPY|ADD)\s+<<-?[\"']?(?P<end>\w+)[\"']?(?P<rest>[^\n]*)\n(?P<body>.*?)^\s*(?P=end)[ \t]*\n",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
_VARIABLE: Final = re.compile(r"\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)")


def commands_in(tree: Tree) -> list[list[str]]:
    """The words of every command in a tree, in its order."""
    match tree:
        case Command():
            return [["".join(piece if isinstance(piece, str) else "$" for piece in word) for word in tree.words]]
        case Pipeline(parts) | Series(parts):
            return [words for part in parts for words in commands_in(part)]
        case AndOr(left, _, right):
            return commands_in(left) + commands_in(right)
        case Group(inside, _) | Loop(inside):
            return commands_in(inside)
        case Choice(test, yes, no):
            return commands_in(test) + commands_in(yes) + (commands_in(no) if no else [])
        case Case(_, branches):
            return [words for _, branch in branches for words in commands_in(branch)]
        case Opaque(text):
            return [line.split() for line in re.split(r"[;\n]|&&|\|\||\bdo\b|\bthen\b", text)]
        case _:
            return []


def words_of(value: str) -> list[str]:
    """The words of an instruction in its JSON or its plain form."""
    if value.lstrip().startswith("["):
        return [str(word) for word in json.loads(value)]
    return shlex.split(value, posix=True)


def pairs(value: str, environment: dict[str, str]) -> dict[str, str]:
    """What an ``ENV`` sets, in either of its forms."""
    words = shlex.split(value)
    if words and "=" not in words[0]:
        return {words[0]: filled(" ".join(words[1:]), environment)}
    return {name: filled(text, environment) for name, _, text in (word.partition("=") for word in words)}


def filled(text: str, values: dict[str, str], *, keep: bool = False) -> str:
    """A text with its variables replaced; ``keep`` leaves those without a value as they are."""

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[3]
        return values.get(name, found[0] if keep else (found[2] or ""))

    return _VARIABLE.sub(value, text)


def without_heredocs(text: str) -> str:
    """The text with each ``RUN <<END`` as one line of commands, and files written in place left out."""

    def one_line(found: re.Match[str]) -> str:
        if found["word"].upper() != "RUN":
            return f"{found['word']} heredoc {found['rest']}\n"
        lines = [line.strip() for line in found["body"].splitlines()]
        return "RUN " + " ; ".join(line for line in lines if line and not line.startswith("#")) + "\n"

    return _HEREDOC.sub(one_line, text)
