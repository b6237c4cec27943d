"""One function per procedure: the names and arguments that ``CREATE PROCEDURE`` points at.

Released signatures never change; new knobs go into ``options``.
"""

from datetime import date
from typing import Any

from snowflake.snowpark import Session

from contract import connection_test
from contract.report import Cadence
from snowpark_procs import (
    bulk,
    commands,
    compiling,
    definitions,
    earlier_http,
    enqueue,
    links,
    notices,
    scheduled,
    status,
)
from snowpark_procs.plainly import plainly
from snowpark_procs.report_types import find


@plainly
def generate_report(session: Session, report_type: str, params: Any, options: Any) -> dict[str, Any]:
    """Ask for one report."""
    report = find(session, report_type)
    today = enqueue.now(session).date()
    request = enqueue.adhoc_request(report, params, options, today, source="generate_report")
    if (duplicate := enqueue.open_duplicate(session, request.dedupe_key)) is not None:
        return duplicate
    enqueue.insert(session, [request])
    return enqueue.answer(request)


@plainly
def generate_reports(session: Session, requests: Any) -> dict[str, Any]:
    """Ask for many reports at once."""
    return bulk.generate_reports(session, requests)


@plainly
def generate_daily_reports(session: Session, business_date: date | None) -> dict[str, Any]:
    """Ask for every daily report of a day, and on business days for theirs; yesterday's by default."""
    return scheduled.generate(
        session, (Cadence.DAILY, Cadence.BUSINESS_DAYS), business_date, "business_date", "generate_daily_reports"
    )


@plainly
def generate_weekly_reports(session: Session, week_of: date | None) -> dict[str, Any]:
    """Ask for every weekly report of the week of a day; last week's by default."""
    return scheduled.generate(session, (Cadence.WEEKLY,), week_of, "week_of", "generate_weekly_reports")


@plainly
def generate_monthly_reports(session: Session, month: date | None) -> dict[str, Any]:
    """Ask for every monthly report of the month of a day; last month's by default."""
    return scheduled.generate(session, (Cadence.MONTHLY,), month, "month", "generate_monthly_reports")


@plainly
def generate_quarterly_reports(session: Session, quarter: date | None) -> dict[str, Any]:
    """Ask for every quarterly report of the quarter of a day; last quarter's by default."""
    return scheduled.generate(session, (Cadence.QUARTERLY,), quarter, "quarter", "generate_quarterly_reports")


@plainly
def backfill_reports(
    session: Session, report_type: str, from_date: date | None, to_date: date | None
) -> dict[str, Any]:
    """Ask for a report type over a range of days."""
    return scheduled.backfill(session, report_type, from_date, to_date)


@plainly
def generate_missing_reports(session: Session, days: int | None) -> dict[str, Any]:
    """Ask for what the calendar expected and nobody asked for."""
    return scheduled.generate_missing(session, days)


@plainly
def report_status(session: Session, job_id: str) -> dict[str, Any]:
    """The row of a job as an object."""
    return status.told(session, job_id)


@plainly
def wait_for_report(session: Session, job_id: str, timeout_s: int) -> dict[str, Any]:
    """Wait for a job's end."""
    return status.wait_for_report(session, job_id, timeout_s)


@plainly
def report_url(session: Session, job_id: str, expires_s: int) -> dict[str, Any]:
    """Links to the files of a job."""
    return links.report_url(session, job_id, expires_s)


@plainly
def cancel_report(session: Session, job_id: str) -> dict[str, Any]:
    """Order that a job be stopped."""
    return commands.cancel_report(session, job_id)


@plainly
def retry_report(session: Session, job_id: str) -> dict[str, Any]:
    """Ask for an ended report again."""
    return commands.retry_report(session, job_id)


@plainly
def pause_reports(session: Session, report_type: str | None) -> dict[str, Any]:
    """Order that no job of a type, or of any, be started."""
    return commands.pause_reports(session, report_type)


@plainly
def resume_reports(session: Session, report_type: str | None) -> dict[str, Any]:
    """Order that jobs be started again."""
    return commands.resume_reports(session, report_type)


@plainly
def prune_history(session: Session, keep_days: int) -> dict[str, Any]:
    """Order that old jobs be forgotten."""
    return commands.prune_history(session, keep_days)


@plainly
def test_connection(session: Session) -> dict[str, Any]:
    """Ask for a test of what a report's container can reach; while one is on its way, that one answers."""
    return generate_report(session, connection_test.REPORT_TYPE, {}, {"dedupe_key": "test_connection"})


@plainly
def define_report(session: Session, report_type: str, definition: Any) -> dict[str, Any]:
    """Add or change a report type."""
    return definitions.define_report(session, report_type, definition)


@plainly
def drop_report(session: Session, report_type: str) -> dict[str, Any]:
    """Take a report type out of use."""
    return definitions.drop_report(session, report_type)


@plainly
def notify_operators(session: Session) -> dict[str, Any]:
    """Tell operators what failed or is late."""
    return notices.notify_operators(session)


@plainly
def compile_queries(session: Session, queries: str) -> list[dict[str, Any]]:
    """Compile queries with the owner's rights, who is the role of the containers."""
    return compiling.compile_queries(session, queries)


@plainly
def generate_report_via_ecs(
    session: Session, job_id: str, job_type: str, input_data: Any, source: str | None
) -> dict[str, Any]:
    """For callers of the earlier HTTP design."""
    return earlier_http.generate_report_via_ecs(session, job_id, job_type, input_data, source)


@plainly
def generate_sales_report_ecs(session: Session, start_date: Any, end_date: Any, job_id: str | None) -> dict[str, Any]:
    """For callers of the earlier HTTP design."""
    return earlier_http.generate_sales_report_ecs(session, start_date, end_date, job_id)


@plainly
def check_ecs_job_status(session: Session, job_id: str) -> dict[str, Any]:
    """For callers of the earlier HTTP design."""
    return earlier_http.check_ecs_job_status(session, job_id)
