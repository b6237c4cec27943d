"""The calendar on a local Snowflake: what is expected, what is missing, what makes it, and what comes late."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from contract.ids import calendar_job_id
from contract.report import Cadence
from executor.deploy.snowflake import deploy
from executor.settings import ObjectNames, SnowflakeSettings
from snowpark_procs.bulk import MAX_REQUESTS
from snowpark_procs.calendar import ended_periods
from tests.conformance.deploy.desk import Desk
from tests.local_stack import served

INSTALLATION = "calendar"
TYPES = {cadence: f"CALENDAR_{cadence.upper()}" for cadence in Cadence}
FAR_EAST = "Pacific/Kiritimati"  # fourteen hours ahead of UTC


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path_factory.mktemp("snowflake"))) as server:
        settings = SnowflakeSettings.model_validate(
            {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
            | {"host": server["host"], "port": server["port"]}
        )
        names = ObjectNames()
        deploy(
            installation=INSTALLATION,
            bucket="report-files",
            names=names,
            snowflake_settings=settings,
            say=lambda _line: None,
        )
        with snowflake.connector.connect(**settings.connect_arguments(names), paramstyle="qmark") as connection:
            found = Desk(connection)
            for cadence, name in TYPES.items():
                found.define(name, 400, cadence=cadence, due="08:00", priority=60)
            found.define("CALENDAR_EAST", 30, cadence="daily", time_zone=FAR_EAST, due="06:30")
            found.define("CALENDAR_OFF", 30, cadence="daily", enabled=False)
            found.define("CALENDAR_NEW", 0, cadence="daily")
            yield found


def today() -> date:
    return datetime.now(UTC).date()  # noqa: TID251 - the server's clock is this machine's


@pytest.mark.parametrize("cadence", list(Cadence))
def test_the_view_expects_the_same_periods_under_the_same_ids_as_the_procedures(desk: Desk, cadence: Cadence) -> None:
    rows = desk.rows(
        "SELECT from_date, business_date, job_id FROM expected_reports WHERE report_type = ?", TYPES[cadence]
    )
    shown = {(row["from_date"], row["business_date"], row["job_id"]) for row in rows}
    periods = ended_periods(cadence, today() - timedelta(days=100), today(), today())
    wanted = {
        (period.first_day, period.last_day, calendar_job_id(INSTALLATION, TYPES[cadence], period.first_day))
        for period in periods
        if period.last_day >= today() - timedelta(days=99)
    }
    assert wanted <= shown
    assert len(shown - wanted) <= 1  # the day at the edge, when midnight passes meanwhile


def test_nothing_is_expected_of_a_type_that_is_off_or_of_the_days_before_it_was_defined(desk: Desk) -> None:
    assert desk.rows("SELECT 1 FROM expected_reports WHERE report_type IN ('CALENDAR_OFF', 'CALENDAR_NEW')") == []


def test_days_are_those_of_the_reports_time_zone_and_due_times_are_told_in_utc(desk: Desk) -> None:
    newest = "SELECT MAX(business_date) AS last, MAX(due_at) AS due FROM expected_reports WHERE report_type = ?"
    row = desk.rows(newest, "CALENDAR_EAST")[0]
    local_today = desk.rows("SELECT TO_DATE(CONVERT_TIMEZONE('UTC', ?, SYSDATE())) AS d", FAR_EAST)[0]["d"]
    assert row["last"] == local_today - timedelta(days=1)
    # 06:30 on Kiritimati is 16:30 of the day before in UTC.
    assert row["due"] == datetime.combine(local_today - timedelta(days=1), datetime.min.time()) + timedelta(hours=16.5)


def test_a_holiday_is_no_business_day(desk: Desk) -> None:
    last = desk.rows("SELECT MAX(business_date) AS day FROM expected_reports WHERE cadence = 'business_days'")[0]["day"]
    desk.rows("INSERT INTO holidays (day, note) SELECT CAST(? AS DATE), 'a day off'", last.isoformat())
    try:
        again = desk.rows("SELECT 1 FROM expected_reports WHERE cadence = 'business_days' AND business_date = ?", last)
        made = desk.call("CALL generate_daily_reports(?)", last)
    finally:
        desk.rows("DELETE FROM holidays")
    assert again == []
    assert TYPES[Cadence.BUSINESS_DAYS] not in {job["report_type"] for job in made["jobs"]}
    assert TYPES[Cadence.DAILY] in {job["report_type"] for job in made["jobs"]}


def test_what_nobody_asked_for_is_missing_until_the_call_that_the_view_names_has_asked(desk: Desk) -> None:
    missing = "SELECT makes_it FROM missing_reports WHERE report_type = ? ORDER BY business_date"
    name = TYPES[Cadence.WEEKLY]
    before = desk.rows(missing, name)
    answer = desk.call(before[0]["makes_it"])
    assert (answer["enqueued"], answer["periods"]) == (1, 1)
    assert desk.call(before[0]["makes_it"])["enqueued"] == 0
    assert len(desk.rows(missing, name)) == len(before) - 1


def test_a_backfill_asks_once_per_period_behind_everything_else(desk: Desk) -> None:
    first, last = today() - timedelta(days=40), today() - timedelta(days=21)
    answer = desk.call("CALL backfill_reports('CALENDAR_EAST', ?, ?)", first, last)
    assert (answer["periods"], answer["enqueued"]) == (20, 20)
    made = "SELECT COUNT(*) AS n, MAX(priority) AS priority FROM jobs WHERE source = ? AND report_type = ?"
    rows = desk.rows(made, "backfill_reports", "CALENDAR_EAST")
    assert rows == [{"n": 20, "priority": 10}]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("'CALENDAR_EAST', '2026-03-02'::DATE, '2026-03-01'::DATE", "to_date: 2026-03-01 is before from_date"),
        (
            "'CALENDAR_EAST', '2010-01-01'::DATE, '2026-01-01'::DATE",
            "periods, from 2010-01-01 to 2026-01-01; 1000 at a time",
        ),
        ("'CALENDAR_EAST', NULL, '2026-01-01'::DATE", "from_date: is missing"),
        ("'CALENDAR_EAST', NULL, NULL", "from_date: is missing; .*; to_date: is missing"),
        ("'CALENDAR_EAST', '2950-01-01'::DATE, '2950-01-02'::DATE", "no day ended between"),
        ("'NOBODY', '2026-01-01'::DATE, '2026-01-02'::DATE", "report_type: 'NOBODY' is not a report type"),
    ],
)
def test_p22_a_backfill_that_means_nothing_is_refused(desk: Desk, call: str, says: str) -> None:
    with pytest.raises(ProgrammingError, match=says):
        desk.call(f"CALL backfill_reports({call})")


def test_a_report_of_no_cadence_is_not_backfilled(desk: Desk) -> None:
    desk.define("CALENDAR_ADHOC", 1)
    with pytest.raises(ProgrammingError, match="CALENDAR_ADHOC has no cadence"):
        desk.call("CALL backfill_reports('CALENDAR_ADHOC', '2026-01-01'::DATE, '2026-01-02'::DATE)")


def test_healing_asks_for_all_that_was_missed_and_a_second_time_for_nothing(desk: Desk) -> None:
    answer = desk.call("CALL generate_missing_reports(3)")
    assert answer["enqueued"] == len(answer["jobs"]) > 0
    assert desk.call("CALL generate_missing_reports(3)")["enqueued"] == 0
    days = "business_date >= DATEADD('day', -3, CURRENT_DATE())"
    assert desk.rows(f"SELECT 1 FROM missing_reports WHERE job_id IS NULL AND {days}") == []


def test_a_report_that_comes_after_its_due_time_is_late_by_the_minutes_since(desk: Desk) -> None:
    name, day = TYPES[Cadence.DAILY], today() - timedelta(days=2)
    answer = desk.call("CALL backfill_reports(?, ?, ?)", name, day, day)
    late = "SELECT status, due_at, late, minutes_late FROM punctuality WHERE report_type = ? AND business_date = ?"
    row = desk.rows(late, name, day)[0]
    assert (row["status"], row["late"], row["minutes_late"]) == ("QUEUED", True, None)
    desk.rows(
        "INSERT INTO job_state (request_id, job_id, status, fence, finished_at) "
        "SELECT request_id, job_id, 'SUCCEEDED', 1, CAST(? AS TIMESTAMP_NTZ) FROM jobs WHERE job_id = ?",
        (row["due_at"] + timedelta(minutes=90)).isoformat(sep=" "),
        answer["jobs"][0]["job_id"],
    )
    row = desk.rows(late, name, day)[0]
    assert (row["status"], row["late"], int(row["minutes_late"])) == ("SUCCEEDED", True, 90)


def test_a_report_that_was_made_and_pruned_is_neither_missing_nor_late(desk: Desk) -> None:
    name, days = "CALENDAR_PRUNED", [today() - timedelta(days=ago) for ago in (2, 3, 4)]
    desk.define(name, 5, cadence="daily", due="23:59")
    made = {job["job_id"] for job in desk.call("CALL backfill_reports(?, ?, ?)", name, days[-1], days[0])["jobs"]}
    for job_id, status in zip(sorted(made), ("SUCCEEDED", "FAILED", "SUCCEEDED"), strict=True):
        desk.end(job_id, status, hours=-48)
    (leader,) = desk.rows("SELECT fence FROM job_state WHERE request_id = '__leader__'")
    desk.run("archive_jobs", fence=leader["fence"], keep_days=1)
    desk.rows("DELETE FROM job_intake WHERE report_type = ?", name)
    about = "WHERE report_type = ? AND business_date BETWEEN ? AND ?"
    missing = desk.rows(f"SELECT business_date FROM missing_reports {about}", name, days[-1], days[0])
    assert missing == [{"business_date": days[1]}]
    shown = desk.rows(
        f"SELECT status, delivered_at IS NULL AS open FROM punctuality {about} ORDER BY business_date",
        name, days[-1], days[0],
    )  # fmt: skip
    assert [row["status"] for row in shown] == ["SUCCEEDED", "NOT ASKED FOR", "SUCCEEDED"]
    assert [row["open"] for row in shown] == [False, True, False]


def test_a_report_that_will_be_late_is_foreseen_and_told_to_operators(desk: Desk) -> None:
    name, now = "CALENDAR_AHEAD", datetime.now(UTC)  # noqa: TID251 - the server's clock is this machine's
    # The newest period is due before the day in its time zone is over, which is not now.
    desk.define(name, 4, cadence="daily", due="23:59", time_zone="UTC" if now.hour < 23 else "Etc/GMT+12")
    ahead = (
        "SELECT job_id, business_date, due_at, expected_at, late, will_be_late FROM punctuality WHERE report_type = ?"
    )
    newest = ahead + " ORDER BY business_date DESC LIMIT 1"
    row = desk.rows(newest, name)[0]
    assert (row["late"], row["will_be_late"]) == (False, False)

    slow = desk.call("CALL generate_report(?)", name)["job_id"]
    desk.end(slow, "SUCCEEDED", hours=48)  # so jobs of the type take two days
    row = desk.rows(newest, name)[0]
    assert (row["late"], row["will_be_late"], row["expected_at"] > row["due_at"]) == (False, True, True)
    told = {found["job_id"]: found for found in desk.run("untold", days=3, most=500)}
    assert (told[row["job_id"]]["kind"], told[row["job_id"]]["what"]) == ("LATE", "will be late")
    assert "it is NOT ASKED FOR, and expected at 20" in told[row["job_id"]]["cause"]

    desk.call("CALL backfill_reports(?, ?, ?)", name, row["business_date"], row["business_date"])
    desk.end(slow, "SUCCEEDED", hours=0)
    assert not desk.rows(newest, name)[0]["will_be_late"]
    desk.end(row["job_id"], "FAILED", hours=0)
    row = desk.rows(newest, name)[0]
    assert (row["late"], row["will_be_late"], row["expected_at"]) == (False, True, None)
    desk.call("CALL retry_report(?)", row["job_id"])
    row = desk.rows(newest, name)[0]
    assert (row["will_be_late"], row["expected_at"] is None) == (False, False)


def test_many_requests_are_enqueued_by_one_call_and_each_answers_in_its_place(desk: Desk) -> None:
    requests = [{"report_type": "calendar_adhoc"}, {"report_type": "CALENDAR_EAST", "options": {"dedupe_key": "k"}}]
    answer = desk.call("CALL generate_reports(PARSE_JSON(?)::ARRAY)", json.dumps([*requests, requests[1]]))
    assert (answer["requests"], answer["enqueued"]) == (3, 2)
    first, second, third = answer["jobs"]
    assert [job["report_type"] for job in answer["jobs"]] == ["CALENDAR_ADHOC", "CALENDAR_EAST", "CALENDAR_EAST"]
    assert (first["duplicate_of"], second["duplicate_of"], third["duplicate_of"]) == (None, None, second["job_id"])
    again = desk.call("CALL generate_reports(PARSE_JSON(?)::ARRAY)", json.dumps(requests[1:]))
    assert (again["enqueued"], again["jobs"][0]["duplicate_of"]) == (0, second["job_id"])


def test_p22_one_wrong_request_among_many_refuses_all_and_each_is_named(desk: Desk) -> None:
    count = "SELECT COUNT(*) AS n FROM job_intake"
    before = desk.rows(count)
    requests = [
        {"report_type": "CALENDAR_ADHOC"},
        {"report_type": "NOBODY"},
        7,
        {"report_type": "CALENDAR_EAST", "x": 1},
    ]
    with pytest.raises(ProgrammingError) as refused:
        desk.call("CALL generate_reports(PARSE_JSON(?)::ARRAY)", json.dumps(requests))
    for says in ("requests[1].report_type: 'NOBODY'", "requests[2].report_type: is missing", "requests[3].x: is not"):
        assert says in str(refused.value)
    assert desk.rows(count) == before


def test_ten_thousand_reports_are_one_call(desk: Desk) -> None:
    requests = [{"report_type": "CALENDAR_ADHOC"}] * MAX_REQUESTS
    answer = desk.call("CALL generate_reports(PARSE_JSON(?)::ARRAY)", json.dumps(requests))
    assert answer["enqueued"] == MAX_REQUESTS == len({job["job_id"] for job in answer["jobs"]})
    found = desk.rows(
        "SELECT COUNT(*) AS n FROM jobs WHERE source = 'generate_reports' AND report_type = 'CALENDAR_ADHOC'"
    )
    assert int(found[0]["n"]) >= MAX_REQUESTS
    with pytest.raises(ProgrammingError, match="one CALL takes 1 to 10000"):
        desk.call("CALL generate_reports(PARSE_JSON(?)::ARRAY)", json.dumps([*requests, requests[0]]))
