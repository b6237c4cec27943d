"""What the calendar asks for: every report type of a cadence, a type over a range of days, what is missing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any, Final

from snowflake.snowpark import Session

from contract.refusal import Problem, RefusedError, refuse, shown
from contract.report import Cadence
from contract.request import RequestOptions, RunRequest
from snowpark_procs import enqueue
from snowpark_procs.calendar import Period, ended_periods, is_business_day, period_of
from snowpark_procs.report_types import ReportType, enabled_types, find
from snowpark_procs.statements import run

BACKFILL_PRIORITY: Final = 10
"""What is made for the past waits behind what is made for today, whose usual priority is 50."""

MAX_MISSING_DAYS: Final = 100
"""How far the view ``missing_reports`` looks back."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    request: RunRequest
    period: Period


def generate(
    session: Session, cadences: tuple[Cadence, ...], given: date | None, field: str, source: str
) -> dict[str, Any]:
    """Ask for every enabled report of some cadences, once per period however often it is called.

    Args:
        session: the caller's session.
        cadences: the first names the answer, and its period the answer's days.
        given: a day of the wanted period; None for the one that ended last, by each report's own time zone.
        field: the argument's name, for refusals.
        source: the procedure's name.

    Raises:
        RefusedError: the period lies in the future.
    """
    calendar = _Calendar(session)
    named = period_of(cadences[0], given, calendar.today("UTC"), field)
    wanted = []
    for report in enabled_types(session):
        cadence = report.definition.cadence
        if cadence in cadences:
            holidays = calendar.holidays_for(cadence)
            if cadence is Cadence.BUSINESS_DAYS and given is not None and not is_business_day(given, holidays):
                continue
            period = period_of(cadence, given, calendar.today(report.definition.time_zone), field, holidays)
            wanted.append(calendar.wanted(report, period, RequestOptions(), source))
    answer = _enqueue(session, wanted)
    return {
        "cadence": str(cadences[0]),
        "from_date": named.first_day.isoformat(),
        "business_date": named.business_date.isoformat(),
        **answer,
    }


def backfill(session: Session, report_type: str | None, from_date: date | None, to_date: date | None) -> dict[str, Any]:
    """Ask for one report for each ended period between two days, at lower priority.

    Raises:
        RefusedError: the type has no cadence, or the days name no period or too many.
    """
    report = find(session, report_type)
    cadence = report.definition.cadence
    if cadence is None:
        raise refuse(
            "report_type",
            f"{report.name} has no cadence, so there are no periods to fill; ask for it with generate_report",
        )
    if from_date is None or to_date is None:
        missing = [field for field, day in (("from_date", from_date), ("to_date", to_date)) if day is None]
        raise RefusedError([Problem(field, "is missing; give a day as YYYY-MM-DD") for field in missing])
    calendar = _Calendar(session)
    today = calendar.today(report.definition.time_zone)
    periods = ended_periods(cadence, from_date, to_date, today, calendar.holidays_for(cadence))
    options = RequestOptions(priority=min(BACKFILL_PRIORITY, report.definition.priority))
    wanted = [calendar.wanted(report, period, options, "backfill_reports") for period in periods]
    return {"report_type": report.name, "cadence": str(cadence), "periods": len(periods), **_enqueue(session, wanted)}


def generate_missing(session: Session, days: int | None) -> dict[str, Any]:
    """Ask for what the calendar expected within the last days and nobody asked for.

    Raises:
        RefusedError: the number of days is out of range.
    """
    if days is None or not 1 <= days <= MAX_MISSING_DAYS:
        raise refuse("days", f"{shown(days)} is not between 1 and {MAX_MISSING_DAYS}")
    calendar = _Calendar(session)
    wanted = []
    types = {report.name: report for report in enabled_types(session)}
    for row in run(session, "never_asked_for", days=days):
        report = types.get(row["report_type"])
        if report is not None:
            period = Period(row["from_date"], row["business_date"])
            wanted.append(calendar.wanted(report, period, RequestOptions(), "generate_missing_reports"))
    return {"days": days, **_enqueue(session, wanted)}


class _Calendar:
    """Days as the database's clock and each time zone have them, asked for once."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._now = enqueue.now(session)
        self._installation = run(session, "installation")[0]["installation"]
        self._todays: dict[str, date] = {"UTC": self._now.astimezone(UTC).date()}
        self._holidays: frozenset[date] | None = None

    def today(self, time_zone: str) -> date:
        if time_zone not in self._todays:
            self._todays[time_zone] = run(self._session, "today_in", time_zone=time_zone)[0]["today"]
        return self._todays[time_zone]

    def holidays_for(self, cadence: Cadence) -> frozenset[date]:
        if cadence is not Cadence.BUSINESS_DAYS:
            return frozenset()
        if self._holidays is None:
            self._holidays = frozenset(row["day"] for row in run(self._session, "holidays"))
        return self._holidays

    def wanted(self, report: ReportType, period: Period, options: RequestOptions, source: str) -> _Wanted:
        return _Wanted(enqueue.calendar_request(report, period, self._installation, options, source), period)


def _enqueue(session: Session, wanted: Iterable[_Wanted]) -> dict[str, Any]:
    items = list(wanted)
    known = enqueue.statuses(session, [item.request.job_id for item in items]) if items else {}
    enqueue.insert(session, [item.request for item in items if item.request.job_id not in known])
    return {
        "enqueued": sum(item.request.job_id not in known for item in items),
        "jobs": [
            {
                "report_type": item.request.report_type,
                "job_id": item.request.job_id,
                "status": known.get(item.request.job_id, "QUEUED"),
                "duplicate_of": item.request.job_id if item.request.job_id in known else None,
                "business_date": item.period.business_date.isoformat(),
            }
            for item in items
        ],
    }
