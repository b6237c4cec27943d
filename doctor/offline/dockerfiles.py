"""The theory that an image starts slowly, stops late, holds a secret or does not start at all."""

import json
import re
from collections.abc import Iterator
from typing import Final

from contract.secret_names import IN_DOCKERFILES
from doctor.checks.frame import Fault, Severity
from doctor.health_checks.shell import parse
from doctor.health_checks.trees import NotShellError, simple
from doctor.offline.documents import Dockerfile, Documents
from doctor.offline.frame import FileCheck

_LINE: Final = re.compile(r"^\s*([A-Za-z]+)\s+(.*)$")
_FROM: Final = re.compile(r"^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?", re.IGNORECASE)
_SECRET: Final = re.compile(rf"(?:^|[\s_])({IN_DOCKERFILES})[= ]\s*[\"']?([^\s\"']{{4,}})", re.IGNORECASE)
_BUILD_TOOLS: Final = re.compile(r"\b(?:gcc|g\+\+|build-essential|make|cmake|build-base|python3-dev|libpq-dev)\b")
_PACKAGES: Final = re.compile(r"\b(?:apt-get|apt|apk|yum|dnf|microdnf)\s+(?:-\S+\s+)*(?:install|add)\b([^;&|]*)")
_EXEC: Final = re.compile(r"(?:^|&&|;)\s*exec\s[^;&|]*$")
_REMOVED: Final = re.compile(r"\b(?:purge|autoremove|apk\s+del|remove)\b|--virtual|\s-t\s")


def _look(documents: Documents) -> Iterator[Fault]:
    for one in documents.dockerfiles:
        instructions = list(_instructions(one.text))
        yield from _of_base(one, instructions)
        yield from _of_start(one, instructions)
        yield from _of_last_stage(one, instructions)


def _instructions(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction in capitals with its value, lines that go on put together."""
    whole = re.sub(r"\\[ \t]*\n(?:\s*#[^\n]*\n)*", " ", text)
    for line in whole.splitlines():
        found = _LINE.match(line)
        if found and not line.lstrip().startswith("#"):
            yield found[1].upper(), found[2].strip()


def _of_base(one: Dockerfile, instructions: list[tuple[str, str]]) -> Iterator[Fault]:
    stages = {
        found[2].lower()
        for word, value in instructions
        if word == "FROM" and (found := _FROM.match(value)) and found[2]
    }
    for word, value in instructions:
        found = _FROM.match(value) if word == "FROM" else None
        if not found or found[1].lower() in {*stages, "scratch"} or "$" in found[1] or "@" in found[1]:
            continue
        tag = found[1].rsplit("/", 1)[-1].partition(":")[2]
        if tag in {"", "latest"}:
            says = f"{one.where}: FROM {found[1]} is whatever was published last"
            yield Fault(says, "Name a version, or a digest.")


def _of_start(one: Dockerfile, instructions: list[tuple[str, str]]) -> Iterator[Fault]:
    contents = one.built.contents
    own = [word for word, _ in _last_stage(instructions) if word in {"CMD", "ENTRYPOINT"}]
    argv = (*(contents.entry_point or ()), *(contents.command or ()))
    if contents.complete and not argv and not own:
        says = f"{one.where}: starts nothing: neither ENTRYPOINT nor CMD"
        yield Fault(says, 'Add ENTRYPOINT ["…"], or name a command in the task definition.')
    for word, value in _last_stage(instructions):
        if word in {"CMD", "ENTRYPOINT"} and not _is_list(value):
            if value.startswith("["):
                says = f"{one.where}: {word} {value} is no JSON, so a shell gets it as it is"
                yield Fault(says, "Write double quotes around each word.", Severity.ERROR)
            elif word == "ENTRYPOINT":
                says = f"{one.where}: {word} {value} is started by a shell, so a command of the task is not heeded"
                yield Fault(says, f'Write {word} ["…", "…"].')
            elif not _hands_over(value):
                says = f"{one.where}: {word} {value} is started by a shell, which keeps SIGTERM to itself"
                yield Fault(says, f'Write {word} ["…", "…"], or exec before the last, so that it can end in time.')
    if own and argv and _is_list(_value(instructions, own[-1])) and contents.has(argv[0]) is False:
        says = f"{one.where}: starts `{argv[0]}`, which is not in {contents.named}"
        yield Fault(says, "Install it, or start a program that is there.", Severity.ERROR)


def _hands_over(command: str) -> bool:
    """Whether the shell replaces itself by the program: there is only one, or the last is started by exec."""
    try:
        return simple(parse(command)) or bool(_EXEC.search(command))
    except NotShellError:
        return True


def _value(instructions: list[tuple[str, str]], wanted: str) -> str:
    return next(value for word, value in reversed(instructions) if word == wanted)


def _of_last_stage(one: Dockerfile, instructions: list[tuple[str, str]]) -> Iterator[Fault]:
    if one.built.healthcheck is not None:
        says = f"{one.where}: has a HEALTHCHECK, which ECS ignores"
        yield Fault(says, "Write healthCheck into the task definition.")
    for word, value in instructions:
        found = _SECRET.search(f" {value}") if word in {"ENV", "ARG"} else None
        if found and "$" not in found[2]:
            says = f"{one.where}: {word} {found[1]} puts a secret into the image, where everybody who pulls it reads it"
            yield Fault(says, "Hand it over at run time, or as a secret of the build.", Severity.ERROR)
    for word, value in _last_stage(instructions):
        packages = " ".join(found[1] for found in _PACKAGES.finditer(value)) if word == "RUN" else ""
        tools = sorted(set(_BUILD_TOOLS.findall(packages)))
        if tools and not _REMOVED.search(value):
            says = f"{one.where}: {', '.join(tools)} stay in the image, which every start pulls"
            yield Fault(says, "Build in a stage of its own, and copy what it made.")
    users = [value for word, value in _last_stage(instructions) if word == "USER"]
    if users and users[-1].split(":")[0] in {"root", "0"}:
        yield Fault(f"{one.where}: runs as root", "End with USER and a number above 0.")


def _last_stage(instructions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    starts = [at for at, (word, _) in enumerate(instructions) if word == "FROM"]
    return instructions[starts[-1] :]


def _is_list(value: str) -> bool:
    try:
        return isinstance(json.loads(value), list)
    except ValueError:
        return False


DOCKERFILES: Final = FileCheck(
    "dockerfiles",
    "Every Dockerfile names its base, starts its program itself, and keeps neither tools nor secrets",
    Severity.WARNING,
    ("dockerfiles",),
    "A shell between ECS and the program lets every stop take until it is killed; tools make every start late.",
    _look,
)
