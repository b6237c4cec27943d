"""Every fault that is seeded into right files is found, and named first."""

import sys
from pathlib import Path

import pytest

from doctor.checks.every import EVERY
from doctor.checks.frame import Result, State
from doctor.checks.run import run
from doctor.checks.words import table
from tests.unit.doctor import deployments
from tests.unit.doctor.offline.right import FILES, ids, judged, spoilt
from tests.unit.doctor.offline.seeded import SEEDED

_WRONG = (State.FAILED, State.WARNED)
_LEAST = 60
_FIRST_NAMED = 0.95


def first_named(results: list[Result]) -> str:
    """The check whose fault a reader sees first."""
    lines = [line.split() for line in table(results).splitlines()]
    return next((line[1] for line in lines if line[0] in {"failed", "warned"}), "")


def test_right_files_have_no_fault(tmp_path: Path) -> None:
    results = judged(tmp_path, FILES)
    assert [(one.id, one.faults, one.says) for one in results if one.state in {*_WRONG, State.COULD_NOT_LOOK}] == []
    assert [one.id for one in results if one.state is State.NOT_ASKED] == ["settings"]


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[list[Result]]:
    """The results on each spoilt set of files, in the order of the list."""
    folder = tmp_path_factory.mktemp("seeded")
    return [judged(folder / str(at), spoilt(path, value)) for at, (_, path, value, _) in enumerate(SEEDED)]


@pytest.mark.parametrize(("number", "theory", "says"), [(at, row[0], row[3]) for at, row in enumerate(SEEDED)])
def test_a_seeded_fault_is_found_with_its_words_and_a_remedy(
    number: int, theory: str, says: str, found: list[list[Result]]
) -> None:
    results = {one.id: one for one in found[number]}
    told = results[theory]
    assert told.state in _WRONG, [(one.id, one.faults) for one in results.values() if one.faults]
    assert any(says in fault.says for fault in told.faults), told.faults
    assert all(fault.remedy for fault in told.faults)
    assert "hunter22" not in str(results)


def test_the_seeded_fault_is_the_first_that_is_named(found: list[list[Result]]) -> None:
    rows = [(row[0], first_named(results), row[1]) for row, results in zip(SEEDED, found, strict=True)]
    for check, path, value, _ in deployments.SEEDED:
        results = run(EVERY, deployments.place(deployments.spoilt(path, value)))
        rows.append((check, first_named(results), path))
    for seeded, first, path in rows:
        sys.stdout.write(f"{'' if seeded == first else 'NOT FIRST':10} {seeded:18} {first:18} {path}\n")
    right = sum(seeded == first for seeded, first, _ in rows)
    sys.stdout.write(f"{right} of {len(rows)} seeded faults are named first\n")
    assert len(SEEDED) >= _LEAST
    assert all(first for _, first, _ in rows)
    assert right >= _FIRST_NAMED * len(rows)


def test_there_is_a_seeded_fault_for_every_theory_but_the_settings() -> None:
    assert {theory for theory, *_ in SEEDED} | {"settings"} == set(ids())
