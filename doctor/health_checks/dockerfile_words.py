"""The words of a Dockerfile's instructions: commands, lists, pairs, variables."""

import json
import re
import shlex
from typing import Final

from doctor.health_checks.trees import AndOr, Choice, Command, Group, Opaque, Pipeline, Series, Tree

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
        case Group(inside, _):
            return commands_in(inside)
        case Choice(test, yes, no):
            return commands_in(test) + commands_in(yes) + (commands_in(no) if no else [])
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
