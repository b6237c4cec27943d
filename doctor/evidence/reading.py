"""From a folder, an archive or a single file to the evidence in it."""

import io
import json
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from doctor.evidence.answers import is_dockerfile, take, take_text
from doctor.evidence.evidence import Evidence
from doctor.evidence.templates import take_template
from doctor.health_checks.cloudformation import is_template, load

_MOST_BYTES: Final = 50_000_000
_BY_HAND: Final = frozenset({"MANIFEST.json"})


class NoEvidenceError(ValueError):
    """There is nothing in it that could be explained; says what was looked for."""


def read(path: Path, *, compared: bool = False) -> Evidence:
    """The evidence in a folder, a ``.zip`` or ``.tar`` archive, or one file.

    Args:
        path: Where it is.
        compared: Whether settings or a stack alone are enough, which say nothing of a failure.

    Raises:
        NoEvidenceError: Neither a service, a task nor a task definition is in it.
        OSError: It cannot be read.
    """
    evidence = Evidence()
    for name, text in sorted(_files(path)):
        if not _take(name, text, evidence):
            evidence.unread.append(name)
    if compared and (evidence.settings or evidence.stacks):
        return evidence
    if not (evidence.services or evidence.tasks or evidence.definitions or evidence.connection):
        raise NoEvidenceError(
            f"{path}: holds no answer of `aws ecs describe-services`, `describe-tasks` or `describe-task-definition`,"
            " no connection_test.json, and no CloudFormation template with a service. Save at least one of them as JSON"
        )
    return evidence


def _take(name: str, text: str, evidence: Evidence) -> bool:
    data = _data(name, text)
    if data is None:
        return take_text(text, evidence, name)
    if is_template(data):
        return take_template(data, evidence)
    return take(data, evidence, name.rsplit(".", 1)[0])


def _data(name: str, text: str) -> Any:
    """The data of a JSON or YAML text; None for other texts."""
    if text.lstrip()[:1] in {"{", "["}:
        try:
            return json.loads(text)
        except ValueError:
            return None
    if name.endswith((".yaml", ".yml", ".template")) and not is_dockerfile(text):
        try:
            return load(text)
        except ValueError:
            return None
    return None


def _files(path: Path) -> Iterator[tuple[str, str]]:
    if path.is_dir():
        for file in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in file.relative_to(path).parts)
            if file.is_file() and not hidden and file.name not in _BY_HAND and file.stat().st_size <= _MOST_BYTES:
                yield file.relative_to(path).as_posix(), _text(file.read_bytes())
    elif zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if not entry.is_dir() and entry.file_size <= _MOST_BYTES:
                    yield entry.filename, _text(archive.read(entry))
    elif tarfile.is_tarfile(path):
        with tarfile.open(path) as packed:
            for member in packed.getmembers():
                content = packed.extractfile(member) if member.isfile() and member.size <= _MOST_BYTES else None
                if content is not None:
                    yield member.name, _text(content.read())
    else:
        yield path.name, _text(path.read_bytes())


def _text(content: bytes) -> str:
    return io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", errors="replace").read()
