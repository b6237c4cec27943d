"""``doctor FILE …`` and ``doctor --offline``: what files tell, without asking anybody."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from doctor.checks.frame import Result
from doctor.evidence.answers import take_text
from doctor.evidence.evidence import Evidence
from doctor.offline.frame import FileCheck, tried
from doctor.offline.reading import NothingKnownError, add_dockerfile, read
from executor.cli.errors import CommandError, Exit
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings, load

_OWN: Final = Path("infra")
_EXECUTORS: Final = "REPORTING_"
_OURS: Final = (_EXECUTORS, "SNOWFLAKE_")


def looked(
    theories: Sequence[FileCheck], paths: list[Path], *, parameters: dict[str, str], dockerfiles: list[tuple[str, Path]]
) -> list[Result]:
    """Try theories on files; without any on the project's own templates and Dockerfiles, and on the settings.

    Raises:
        CommandError: a file cannot be read, or holds nothing that is known (2).
    """
    if not paths and not _OWN.is_dir():
        message = "--offline without files reads infra/, which is not in this folder. Name files, or go to the project."
        raise CommandError(message, Exit.USAGE)
    settings = [path for path in paths if path.name.endswith(".env") or path.name == "env"]
    files = [path for path in paths if path not in settings]
    try:
        documents = read(files if paths else [_OWN], parameters)
        for path in settings:
            documents.settings = [*(documents.settings or []), *_wrong_in(path)]
        for name, path in dockerfiles:
            add_dockerfile(documents, name, path)
    except OSError as error:
        raise CommandError(f"{error.filename}: {error.strerror}. Give a file that can be read.", Exit.USAGE) from error
    except NothingKnownError as error:
        raise CommandError(f"{error}.", Exit.USAGE) from error
    if not paths and any(name.startswith(_OURS) for name in os.environ):
        documents.settings = _wrong_settings()
    return tried(theories, documents)


def _wrong_in(path: Path) -> list[str]:
    """What is wrong with the settings in a file, with the environment's own left out."""
    told = Evidence()
    try:
        take_text(path.read_text(encoding="utf-8-sig"), told, path.name)
    except UnicodeDecodeError as error:
        message = f"{path}: is not UTF-8 at byte {error.start}. Save the settings as UTF-8."
        raise CommandError(message, Exit.USAGE) from error
    before = dict(os.environ)
    kept = {name: value for name, value in before.items() if not name.startswith(_OURS)}
    try:
        os.environ.clear()
        os.environ.update(kept | told.settings)
        return [f"{path}: {line}" for line in _wrong_settings()]
    finally:
        os.environ.clear()
        os.environ.update(before)


def _wrong_settings() -> list[str]:
    """What is wrong with the environment; who only signs in, to deploy say, needs no settings of the executor."""
    try:
        if any(name.startswith(_EXECUTORS) for name in os.environ):
            load(ExecutorSettings, ObjectNames, SnowflakeSettings)
        else:
            load(ObjectNames, SnowflakeSettings)
    except SettingsError as error:
        return [line.strip() for line in str(error).splitlines() if line.startswith("  ")]
    return []
