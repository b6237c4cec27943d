"""The theory that the command of a container is not what its image can start."""

from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.health_checks.images import Contents
from doctor.health_checks.images import known as of_image
from doctor.offline.documents import Definition, Documents, items, known, text
from doctor.offline.frame import FileCheck

_OPERATORS: Final = frozenset({"|", "||", "&&", ";", ">", ">>", "2>&1", "&"})
_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash", "env"})


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        for entry in definition.containers:
            words = [text(word) for word in items(entry.get("entryPoint"))]
            arguments = [text(word) for word in items(entry.get("command"))]
            if known((words, arguments)):
                yield from _of(documents, definition, entry, words, arguments)


def _of(
    documents: Documents, definition: Definition, entry: dict[str, Any], words: list[str], arguments: list[str]
) -> Iterator[Fault]:
    built = documents.built(definition, entry)
    image = text(entry.get("image"))
    contents = built.contents if built else of_image(image) if known(image) and image else None
    entered = words or (list(contents.entry_point or ()) if contents else None)
    argv = [*entered, *arguments] if entered is not None else []
    where = definition.at(entry)
    if words and len(words) == 1 and " " in words[0].strip():
        says = f"{where}: entryPoint is one text, `{words[0]}`: ECS looks for a program of that whole name"
        yield Fault(says, "Write one list element for each word.")
    elif entered == [] and len(arguments) == 1 and " " in arguments[0].strip():
        says = f"{where}: command is one text, `{arguments[0]}`: ECS looks for a program of that whole name"
        yield Fault(says, 'Write one list element for each word, or ["sh", "-c", "…"].')
    elif argv and argv[0].rsplit("/", 1)[-1] not in _SHELLS and _OPERATORS & set(argv) and (words or arguments):
        sign = next(word for word in argv if word in _OPERATORS)
        says = f"{where}: `{sign}` is shell syntax, but the command is started without a shell"
        yield Fault(says, 'Start it as ["sh", "-c", "…"].')
    elif argv and contents is not None and (words or arguments) and contents.has(argv[0]) is False:
        yield _missing(where, argv[0], contents)


def _missing(where: str, program: str, contents: Contents) -> Fault:
    says = f"{where}: starts `{program}`, which is not in {contents.named}"
    return Fault(says, "Install it, or name a program that is there; the task would end with 127.")


START: Final = FileCheck(
    "command",
    "Every command is a list of words whose first is a program of the image",
    Severity.ERROR,
    ("definitions",),
    "A program that is not there ends the task before a line is logged: CannotStartContainerError.",
    _look,
)
