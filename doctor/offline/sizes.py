"""The theory that Fargate does not offer what a task definition asks for."""

import re
from collections.abc import Iterator
from typing import Final

from doctor.checks.fargate_sizes import wrong_pair
from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, number, part, text
from doctor.offline.frame import FileCheck

_EPHEMERAL_GIB: Final = (21, 200)
_WINDOWS_LEAST: Final = 1024
_UNITS: Final = re.compile(r"^\s*([\d.]+)\s*(vcpu|gb)\s*$", re.IGNORECASE)
_REMEDY: Final = "Take a pair that Fargate offers: docs.aws.amazon.com, Fargate tasks and services."


def units(value: object) -> int | None:
    """CPU units or MiB from ``1024``, ``"1 vCPU"`` or ``"2GB"``; None for what is neither."""
    found = _UNITS.match(text(value))
    return int(float(found[1]) * 1024) if found else number(value)


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        yield from _of_task(definition)
        yield from _of_containers(definition)


def _of_task(definition: Definition) -> Iterator[Fault]:
    where, data = definition.where, definition.data
    missing = [name for name in ("cpu", "memory") if not data.get(name)]
    if definition.on_fargate and missing:
        yield Fault(f"{where}: no {' and no '.join(missing)} of the whole task, which Fargate wants", _REMEDY)
    elif definition.on_fargate and known((data["cpu"], data["memory"])):
        cpu, memory_mb = units(data["cpu"]), units(data["memory"])
        says = "is no number" if cpu is None or memory_mb is None else wrong_pair(cpu, memory_mb)
        if says:
            given = f" (cpu {data['cpu']}, memory {data['memory']})" if "no number" in says else ""
            yield Fault(f"{where}: {says}{given}", _REMEDY)
        family = text(part(data, "runtimePlatform").get("operatingSystemFamily"))
        if family.startswith("WINDOWS") and (cpu or 0) < _WINDOWS_LEAST:
            yield Fault(f"{where}: Windows needs cpu {_WINDOWS_LEAST} at least, not {cpu}", "Take cpu 1024 or more.")
    size = part(data, "ephemeralStorage").get("sizeInGiB")
    low, high = _EPHEMERAL_GIB
    if size is not None and known(size) and not low <= (number(size) or 0) <= high:
        yield Fault(f"{where}: ephemeralStorage {size} GiB is not within {low} to {high}", "20 GiB come without it.")


def _of_containers(definition: Definition) -> Iterator[Fault]:
    reserved: dict[str, int] = {"cpu": 0, "memory": 0}
    for entry in definition.containers:
        hard, soft = units(entry.get("memory")), units(entry.get("memoryReservation"))
        if hard is not None and soft is not None and soft > hard:
            says = f"{definition.at(entry)}: memoryReservation {soft} is above memory {hard}"
            yield Fault(says, "The reservation is the least that it gets, memory the most.")
        reserved["cpu"] += units(entry.get("cpu")) or 0
        reserved["memory"] += soft or hard or 0
    for name, wanted in reserved.items():
        whole = units(definition.data.get(name))
        if whole is not None and wanted > whole:
            says = f"{definition.where}: the containers together want {name} {wanted}, the task has {whole}"
            yield Fault(says, f"Raise the task's {name}, or lower its containers'.")


SIZES: Final = FileCheck(
    "sizes",
    "Every task has a size that Fargate offers, and its containers fit into it",
    Severity.ERROR,
    ("definitions",),
    "Another pair makes RunTask answer that no Fargate configuration exists for it; containers that want more than"
    " the task are refused when it is registered.",
    _look,
)
