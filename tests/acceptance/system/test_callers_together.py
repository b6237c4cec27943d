"""Many callers at once."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.system.driving import Analyst, Stack

pytestmark = pytest.mark.usefixtures("executor")


def test_p18_twenty_callers_for_one_day_get_one_job_per_report(stack: Stack, analyst: Analyst) -> None:
    def ask(_caller: int) -> set[str]:
        with stack.connect() as connection:
            answer = Analyst(connection).call("CALL reporting.generate_daily_reports('2026-03-03'::DATE)")
        return {job["job_id"] for job in answer["jobs"]}

    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(ask, range(20)))
    assert all(answer == answers[0] for answer in answers)
    for job_id in answers[0]:
        assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"
        launched = "SELECT event_id FROM reporting.job_events WHERE job_id = ? AND event = 'launched'"
        assert len({row["EVENT_ID"] for row in analyst.rows(launched, job_id)}) == 1


def test_p18_a_dedupe_key_is_one_job_while_it_is_open(analyst: Analyst) -> None:
    later = {"dedupe_key": "the-one", "not_before": "2999-01-01T00:00:00Z"}
    call = "CALL reporting.generate_report('DATA_QUALITY', OBJECT_CONSTRUCT(), PARSE_JSON(?)::OBJECT)"
    options = json.dumps(later)
    first, second = analyst.call(call, options), analyst.call(call, options)
    assert second == {"job_id": first["job_id"], "status": "QUEUED", "duplicate_of": first["job_id"]}
