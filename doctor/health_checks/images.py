"""Which programs an image has, as far as its name tells: ``images.tsv`` and ``programs.tsv`` are the knowledge."""

import csv
import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Final

_OFFICIAL: Final = re.compile(
    r"^(public\.ecr\.aws/docker/library/|(registry-1\.)?(index\.)?docker\.io/(library/)?|library/)"
)
_MIRROR: Final = re.compile(r"^[^/]+\.dkr\.ecr\.[^/]+/(?:docker-hub|dockerhub|docker)/(?:library/)?")


@dataclass(frozen=True)
class Contents:
    """What is in an image.

    Attributes:
        programs: Names found on the PATH, and absolute paths of those that are not on it.
        complete: Whether everything is known, so that what is not in ``programs`` is missing.
        named: The words for it in a sentence.
        entry_point: What the image starts with, when nobody says otherwise; None when unknown.
        command: The arguments of it; None when unknown.
        files: Whether somebody's own files were copied in, so that a path may exist.
        libraries: Whether a package manager of a language put programs in.
    """

    programs: frozenset[str]
    complete: bool
    named: str
    entry_point: tuple[str, ...] | None = None
    command: tuple[str, ...] | None = None
    files: bool = False
    libraries: bool = False

    def has(self, program: str) -> bool | None:
        """Whether a program is there; None when that cannot be known."""
        name = program.rsplit("/", 1)[-1]
        if program in self.programs or ("/" in program and _usual(program) and name in self.programs):
            return True
        if not self.complete:
            return True if name in everywhere() else None
        if self.libraries and name in programs_of("of-libraries"):
            return None
        # No list of a distribution's programs is whole: what none names is missing for sure only where nothing is.
        return None if (self.files or "sh" in self.programs) and name not in _universe() else False

    @property
    def shell(self) -> bool | None:
        """Whether there is a ``/bin/sh``."""
        return self.has("sh")


UNKNOWN: Final = Contents(frozenset(), complete=False, named="an image that is not known here")


def known(image: str) -> Contents | None:
    """The contents of a published base image by its reference, such as ``python:3.11-slim``; None for others."""
    name, tag = _split(image)
    for row in _rows("images.tsv"):
        if fnmatchcase(name, row["image"]) and (not row["tags"] or fnmatchcase(tag, row["tags"])):
            base = known(row["base"]) if row["base"] else None
            programs = programs_of(row["programs"]) | (base.programs if base else frozenset())
            entry = tuple(row["entry"].split()) if row["entry"] else ()
            return Contents(programs, complete=True, named=f"`{_short(image)}`", entry_point=entry)
    return None


def programs_of(words: str) -> frozenset[str]:
    """The programs behind a list of programs and names of sets."""
    found: set[str] = set()
    for word in words.split():
        inner = _sets().get(word)
        found |= programs_of(inner) if inner and word != inner else {word}
    return frozenset(found - {"-"})


def programs_of_package(package: str) -> frozenset[str]:
    """What a distribution's package brings; a package that is not listed brings a program of its own name."""
    return programs_of(_sets().get(f"package:{package}", package))


@cache
def everywhere() -> frozenset[str]:
    """What any image with a shell has, whatever it is made from."""
    return programs_of("debian-base") & programs_of("busybox-applets") & programs_of("rpm-base")


@cache
def _universe() -> frozenset[str]:
    """The programs that come from distributions, never from an application's own files."""
    return frozenset(program for name in _sets() for program in programs_of(name))


def _split(image: str) -> tuple[str, str]:
    plain = image.split("@", 1)[0]
    for prefix in (_OFFICIAL, _MIRROR):
        plain = prefix.sub("", plain)
    name, colon, tag = plain.rpartition(":")
    return (name, tag) if colon and "/" not in tag else (plain, "latest")


def _short(image: str) -> str:
    return _OFFICIAL.sub("", image.split("@", 1)[0])


def _usual(path: str) -> bool:
    return path.rsplit("/", 1)[0] in {"/bin", "/usr/bin", "/usr/local/bin", "/sbin", "/usr/sbin"}


@cache
def _sets() -> dict[str, str]:
    return {row["set"]: row["programs"] for row in _rows("programs.tsv")}


@cache
def _rows(name: str) -> tuple[dict[str, str], ...]:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
