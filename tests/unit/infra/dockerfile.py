"""What a Dockerfile says, instruction by instruction, with its build arguments filled in."""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

IMAGES: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "executor": ("executor", {}),
    "runner": ("runner", {}),
    "documents": ("runner", {"EXTRAS": "--extra runner --extra documents", "WITHOUT": ""}),
}
"""Each image: the program whose Dockerfile makes it, and the build arguments that make it this one."""
_OPTION: Final = re.compile(r"--[a-z]+=\S+\s+")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction: its word, what follows it, and the number of its stage from 0; -1 before the first."""

    word: str
    text: str
    stage: int


@dataclass(frozen=True, slots=True)
class Image:
    """A Dockerfile, read."""

    instructions: tuple[Instruction, ...]

    def of(self, word: str) -> list[Instruction]:
        """Every instruction with that word."""
        return [one for one in self.instructions if one.word == word]

    def last_stage(self, word: str) -> list[str]:
        """What follows that word in the stage that becomes the image."""
        last = self.instructions[-1].stage
        return [one.text for one in self.of(word) if one.stage == last]

    def commands(self) -> list[str]:
        """Every command that is run, without what is mounted for it."""
        return [_OPTION.sub("", one.text) for one in self.of("RUN")]

    def environment(self) -> dict[str, str]:
        """The variables of the image."""
        pairs = (pair.partition("=") for text in self.last_stage("ENV") for pair in shlex.split(text))
        return {name: value for name, _, value in pairs}

    def copied(self) -> list[str]:
        """What is copied out of the context into the image."""
        return [text.split()[0] for text in self.last_stage("COPY") if not text.startswith("--from")]

    def words(self, word: str) -> list[str]:
        """The list of an instruction in exec form, of which there is one."""
        (text,) = self.last_stage(word)
        found: list[str] = json.loads(text)
        return found


def read(path: Path, arguments: Mapping[str, str] | None = None) -> Image:
    """A Dockerfile as it is built with these arguments.

    Args:
        path: of the Dockerfile.
        arguments: of the build; what is not given has its default, or is nothing.
    """
    return Image(tuple(_filled(path.read_text(encoding="utf-8"), dict(arguments or {}))))


def image(name: str) -> Image:
    """One of our images."""
    program, arguments = IMAGES[name]
    return read(Path(f"infra/{program}.Dockerfile"), arguments)


def _filled(text: str, known: dict[str, str]) -> Iterator[Instruction]:
    stage = -1
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        word, _, rest = line.partition(" ")
        if not word:
            continue
        stage += word == "FROM"
        if word == "ARG":
            name, _, default = rest.partition("=")
            known.setdefault(name, default.strip('"'))
        filled = re.sub(r"\$\{(\w+)\}", lambda found: known.get(found[1], ""), rest)
        yield Instruction(word, filled, stage)
