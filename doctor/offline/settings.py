"""The theory that the settings of the environment cannot be used."""

from collections.abc import Iterator
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Documents
from doctor.offline.frame import FileCheck


def _look(documents: Documents) -> Iterator[Fault]:
    for line in documents.settings or []:
        yield Fault(line, "Set it in the environment; docs/reference/environment.md says how.")


SETTINGS: Final = FileCheck(
    "settings",
    "All settings are there and well formed",
    Severity.ERROR,
    ("settings",),
    "The executor does not start with settings that it cannot use.",
    _look,
)
