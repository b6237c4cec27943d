"""What an image holds and starts, read from its Dockerfile: the last stage, and what it takes from earlier ones."""

import json
import re
import shlex
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Final

from dockerfile_parse.parser import DockerfileParser

from doctor.health_checks.dockerfile_words import commands_in, filled, pairs, without_heredocs, words_of
from doctor.health_checks.images import UNKNOWN, Contents, known, programs_of_package
from doctor.health_checks.shell import parse
from doctor.health_checks.trees import NotShellError

_INSTALLERS: Final = {
    "apt-get": "install", "apt": "install", "apk": "add", "yum": "install", "dnf": "install", "microdnf": "install",
    "tdnf": "install", "zypper": "install",
}  # fmt: skip
_LIBRARIES: Final = frozenset(
    {"pip", "pip3", "uv", "poetry", "pipx", "npm", "yarn", "pnpm", "gem", "python", "python3"}
)
_REMOVERS: Final = {"remove", "purge", "del", "erase", "autoremove"}
_BIN: Final = re.compile(r"(?:/usr/local|/usr)?/s?bin/([\w.+-]+)")
_SCRIPT: Final = re.compile(r"(?:^|/)[\w.-]+\.sh$")


class DockerfileError(ValueError):
    """The file is no Dockerfile that can be read; says what is missing."""


@dataclass(frozen=True)
class Built:
    """An image as its Dockerfile makes it.

    Attributes:
        contents: The programs in it, and what it starts.
        environment: What ``ENV`` sets.
        ports: What ``EXPOSE`` names.
        healthcheck: The text of its ``HEALTHCHECK``, which ECS ignores; None without one.
        base: The published image that it starts from.
    """

    contents: Contents
    environment: dict[str, str] = field(default_factory=dict)
    ports: tuple[int, ...] = ()
    healthcheck: str | None = None
    base: str = ""


def read(text: str, *, target: str | None = None) -> Built:
    """The image of a Dockerfile's last stage, or of the stage that ``target`` names.

    Raises:
        DockerfileError: There is no ``FROM``, or no stage of that name.
    """
    parser = DockerfileParser(fileobj=BytesIO(without_heredocs(text).encode()))  # type: ignore[no-untyped-call] # it ships no types
    stages: dict[str, Built] = {}
    arguments: dict[str, str] = {}
    now: _Stage | None = None
    for line in parser.structure:
        word, value = str(line["instruction"]).upper(), str(line["value"])
        if word == "FROM":
            if now is not None:
                now.keep(stages)
                if target is not None and target in stages:
                    break
            now = _Stage.started(filled(value, arguments), stages)
        elif word == "ARG" and now is None:
            name, _, default = value.partition("=")
            arguments[name.strip()] = default.strip().strip("\"'")
        elif now is not None:
            now.take(word, value)
    if now is None:
        raise DockerfileError("there is no FROM line in this Dockerfile")
    now.keep(stages)
    if target is not None and target not in stages:
        raise DockerfileError(
            f"no stage is named {target!r}; there are: {', '.join(sorted(set(stages) - {_LAST})) or 'none with a name'}"
        )
    return stages[target] if target is not None else stages[_LAST]


_LAST: Final = "\0last"


class _Stage:
    """One stage while its lines are read."""

    def __init__(self, built: Built, name: str, stages: dict[str, Built]) -> None:
        self._built = built
        self._name = name
        self._stages = stages
        self._added: dict[str, list[str]] = {}
        self._shell = ("/bin/sh", "-c")

    @classmethod
    def started(cls, value: str, stages: dict[str, Built]) -> "_Stage":
        words = [word for word in value.split() if not word.startswith("--")]
        name = words[2] if len(words) > 2 and words[1].lower() == "as" else str(len(stages))
        earlier = stages.get(words[0])
        if earlier is not None:
            return cls(earlier, name, stages)
        base = known(words[0]) or replace(UNKNOWN, named=f"`{words[0]}`, whose contents are not known here")
        return cls(Built(base, base=words[0]), name, stages)

    def keep(self, stages: dict[str, Built]) -> None:
        stages[self._name] = stages[_LAST] = self._built

    def take(self, word: str, value: str) -> None:
        match word:
            case "RUN":
                self._run(value)
            case "COPY" | "ADD":
                self._copy(value)
            case "ENTRYPOINT":
                self._contents(entry_point=self._argv(value), command=())
            case "CMD":
                self._contents(command=self._argv(value))
            case "SHELL":
                self._shell = tuple(json.loads(value))
            case "ENV":
                self._set(environment=self._built.environment | pairs(value, self._built.environment))
            case "EXPOSE":
                found = [port.split("/")[0] for port in filled(value, self._built.environment).split()]
                self._set(ports=(*self._built.ports, *(int(port) for port in found if port.isdigit())))
            case "HEALTHCHECK":
                self._set(healthcheck=None if value.strip().upper() == "NONE" else value)
            case _:
                pass

    def _set(self, **fields: object) -> None:
        self._built = replace(self._built, **fields)  # type: ignore[arg-type] # each caller names a field and its type

    def _contents(self, **fields: object) -> None:
        self._set(contents=replace(self._built.contents, **fields))  # type: ignore[arg-type] # as above

    def _add(self, programs: frozenset[str] | set[str]) -> None:
        self._contents(programs=self._built.contents.programs | frozenset(programs))

    def _argv(self, value: str) -> tuple[str, ...]:
        try:
            words = json.loads(value)
        except ValueError:
            return (*self._shell, value)
        return tuple(str(word) for word in words) if isinstance(words, list) else (*self._shell, value)

    def _copy(self, value: str) -> None:
        words = [word for word in words_of(value) if not word.startswith("--")]
        source = next((word.partition("=")[2] for word in value.split() if word.startswith("--from=")), "")
        *sources, target = words or [""]
        for path in sources:
            inside = (
                target if not target.endswith("/") and "." not in target[-1:] else f"{target}{path.rsplit('/', 1)[-1]}"
            )
            if found := _BIN.fullmatch(inside):
                self._add({found[1]})
        self._contents(files=True)
        whole = {"/", "/usr", "/usr/", "/usr/bin", "/usr/bin/", "/bin", "/bin/", "/busybox", "/busybox/"}
        if source and whole & set(sources):
            taken = self._stages[source].contents if source in self._stages else known(source)
            self._add(taken.programs if taken else set())
            self._contents(complete=self._built.contents.complete and taken is not None and taken.complete)

    def _run(self, value: str) -> None:
        text = re.sub(r"^(--\w+=\S+\s+)+", "", value)
        if "<<" in text:
            self._unsure("commands in a here-document, which is not read")
        try:
            commands = commands_in(parse(filled(text, self._built.environment, keep=True)))
        except NotShellError:
            commands = [shlex.split(text, posix=False)]
        if text.startswith("["):
            commands = [words_of(" ".join(self._argv(text)))]
        for words in commands:
            self._ran(words)
        self._add(set(_BIN.findall(re.sub(r"\brm\b[^;&|]*", "", text))))
        self._contents(files=True)

    def _ran(self, words: list[str]) -> None:
        while words and (words[0] in {"sudo", "exec", "env"} or "=" in words[0]):
            words = words[1:]
        if not words:
            return
        tool, rest = words[0].rsplit("/", 1)[-1], words[1:]
        verb = next((word for word in rest if not word.startswith("-")), "")
        if _INSTALLERS.get(tool) == verb:
            self._install(rest[rest.index(verb) + 1 :])
        elif tool in _INSTALLERS and verb in _REMOVERS:
            self._remove([word for word in rest if word != verb])
        elif tool in _LIBRARIES and verb in {"install", "add", "i"}:
            self._add(frozenset(word.split("=")[0] for word in rest if not word.startswith("-")))
            self._contents(libraries=True)
        elif tool == "rm":
            gone = {found[1] for word in rest if (found := _BIN.fullmatch(word))}
            self._contents(programs=self._built.contents.programs - gone)
        elif tool == "xargs" and _INSTALLERS.keys() & {word.rsplit("/", 1)[-1] for word in rest}:
            self._unsure("an installation of packages that are named elsewhere")
        elif _SCRIPT.search(tool) or (tool in {"sh", "bash"} and (not rest or _SCRIPT.search(rest[0]))):
            self._unsure("a script that may install anything")

    def _unsure(self, why: str) -> None:
        if self._built.contents.complete:
            self._contents(complete=False, named=f"{self._built.contents.named} after {why}")

    def _install(self, words: list[str]) -> None:
        group = ""
        taken = iter(words)
        for word in taken:
            if word in {"-t", "--virtual", "--repository", "-X", "--target-release"}:
                group = next(taken, "") if word in {"-t", "--virtual"} else (next(taken, ""), group)[1]
            elif not word.startswith("-"):
                if "$" in word:
                    self._unsure("an installation of packages that are named elsewhere")
                    continue
                package = re.split(r"[=~<>:]", word)[0]
                self._added.setdefault(group, []).append(package)
                self._add(programs_of_package(package))

    def _remove(self, words: list[str]) -> None:
        gone = {package for word in words if not word.startswith("-") for package in self._added.pop(word, [word])}
        self._added = {group: [name for name in names if name not in gone] for group, names in self._added.items()}
        kept = {program for names in self._added.values() for name in names for program in programs_of_package(name)}
        lost = {program for package in gone for program in programs_of_package(package)} - kept
        self._contents(programs=self._built.contents.programs - lost)
