"""Runs of the daily task over the days on which clocks change: skipped and doubled ones, in many time zones."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from contract.ids import calendar_job_id
from snowpark_procs import handlers
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import stored

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Kiritimati", "Pacific/Niue")
DAYS = 14
SPRING, AUTUMN = datetime(2026, 3, 22, 6, tzinfo=UTC), datetime(2026, 10, 18, 6, tzinfo=UTC)
"""A week before Europe changes its clocks; New York and Lord Howe change theirs within the days around it."""


class Calendar(Database):
    """A database whose clock is set, and that keeps what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.now = SPRING
        self.jobs: list[str] = []
        self.answers = {
            "now": lambda: [{"now": self.now}],
            "today_in": lambda time_zone: [{"today": self.now.astimezone(ZoneInfo(time_zone)).date()}],
            "installation": [{"installation": "prod", "bucket": "files"}],
            "report_types": [stored(name_of(zone), cadence="daily", time_zone=zone) for zone in ZONES],
            "holidays": [],
            "known_jobs": lambda job_ids: [{"job_id": one, "status": "QUEUED"} for one in self.jobs if one in job_ids],
            "insert_intake": self._insert,
        }

    def _insert(self, rows: str) -> list[dict[str, Any]]:
        self.jobs += [row["job_id"] for row in json.loads(rows)]
        return []


def name_of(zone: str) -> str:
    return zone.replace("/", "_").upper()


def asked(zone: str, day: date) -> str:
    return calendar_job_id("prod", name_of(zone), day)


@pytest.mark.parametrize("start", [SPRING, AUTUMN])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=20)
@example(runs=[1] * DAYS)
@given(runs=st.lists(st.integers(0, 2), min_size=DAYS, max_size=DAYS))
def test_p18_a_day_of_a_reports_own_zone_is_asked_for_once_by_each_run_that_was_not_skipped(
    monkeypatch: pytest.MonkeyPatch, start: datetime, runs: list[int]
) -> None:
    calendar = Calendar()
    for module in ("doorbell", "enqueue", "report_types", "scheduled", "statements"):
        monkeypatch.setattr(f"snowpark_procs.{module}.run", calendar.run)
    due = set()
    for number, times in enumerate(runs):
        for late_min in range(times):
            calendar.now = start + timedelta(days=number, minutes=late_min)
            handlers.generate_daily_reports(calendar.session, None)
            local = {zone: calendar.now.astimezone(ZoneInfo(zone)).date() for zone in ZONES}
            due |= {asked(zone, day - timedelta(days=1)) for zone, day in local.items()}
    assert len(calendar.jobs) == len(set(calendar.jobs))
    assert set(calendar.jobs) == due
    if all(runs):  # without a gap, no day is left out and none comes twice
        assert len(due) == DAYS * len(ZONES)
