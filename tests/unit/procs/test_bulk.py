"""Many requests at once: every wrong element is named, however many they are."""

from typing import Any

import pytest

from contract.refusal import RefusedError
from snowpark_procs import handlers
from snowpark_procs.bulk import MAX_PROBLEMS, MAX_RANGES
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import NOW, stored

RIGHT = {"report_type": "SALES_REPORT"}
WRONG = {"report_type": "SALES_REPORT", "options": {"priority": 101, "timeout_s": 1}}


@pytest.fixture
def filled(database: Database) -> Database:
    database.answers = {"now": [{"now": NOW}], "report_types": [stored("SALES_REPORT")]}
    return database


def refused(filled: Database, requests: list[dict[str, Any]]) -> list[str]:
    with pytest.raises(RefusedError) as wrong:
        handlers.generate_reports(filled.session, requests)
    assert "insert_intake" not in {name for name, _ in filled.asked}
    return [str(problem) for problem in wrong.value.problems]


def test_p22_the_first_wrong_elements_are_told_in_full_and_all_others_by_their_places(filled: Database) -> None:
    told = refused(filled, [RIGHT, *[WRONG] * 20, RIGHT, WRONG, RIGHT, *[WRONG] * 3])
    assert told[:2] == [
        "requests[1].options.priority: 101 is above 100",
        "requests[1].options.timeout_s: 1 is below 10",
    ]
    assert len(told) == MAX_PROBLEMS + 1
    assert told[-1] == "requests: 14 more are wrong: [11] to [20], [22], [24] to [26]"


def test_p22_a_few_wrong_elements_are_told_in_full(filled: Database) -> None:
    assert len(refused(filled, [WRONG, RIGHT, WRONG])) == 4


def test_places_beyond_what_anybody_reads_are_counted(filled: Database) -> None:
    told = refused(filled, [WRONG, RIGHT] * 2_000)
    assert told[-1].startswith("requests: 1990 more are wrong: [20], [22], ")
    assert told[-1].endswith(" and others")
    assert told[-1].count("[") == MAX_RANGES
