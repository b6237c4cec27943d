"""What each procedure answers, inserts and refuses."""  # long: the claims share one filled database

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.ids import calendar_job_id
from contract.refusal import RefusedError
from snowpark_procs import handlers, statements
from snowpark_procs.statements import INSERT_TRIES, insert_with_patience
from snowpark_procs.status import wait_for_report
from tests.jobs import definition
from tests.unit.procs.conftest import Database

NOW = datetime(2026, 3, 4, 12, 0)  # noqa: DTZ001 - TIMESTAMP_NTZ comes without a zone


def stored(name: str, version: int = 1, **changes: Any) -> dict[str, Any]:
    return {"report_type": name, "version": version, "definition": definition(**changes).model_dump_json()}


@pytest.fixture
def filled(database: Database) -> Database:
    types = [stored("SALES_REPORT", 3, cadence="daily"), stored("OFF_REPORT", enabled=False, cadence="daily")]
    types.append(stored("WEEKLY_REPORT", cadence="weekly"))
    database.answers = {
        "now": [{"now": NOW}],
        "installation": [{"installation": "prod", "bucket": "files"}],
        "report_type": lambda report_type: [row for row in types if row["report_type"] == report_type],
        "report_types": types,
        "known_jobs": [],
        "open_job_of_key": [],
        "insert_intake": [],
        "typical_seconds": [{"seconds": None}],
        "current_transaction": [{"transaction_id": None}],
    }
    return database


def inserted(database: Database) -> list[dict[str, Any]]:
    return [row for name, values in database.asked if name == "insert_intake" for row in json.loads(values["rows"])]


def test_a_report_of_a_day_to_come_can_be_asked_for_with_the_time_from_which_it_can_be_made(filled: Database) -> None:
    options = {"business_date": "2999-01-01", "not_before": "2999-01-01T06:00:00Z"}
    handlers.generate_report(filled.session, "SALES_REPORT", {}, options)
    assert inserted(filled)[0]["business_date"] == "2999-01-01"


def test_a_test_of_the_connections_is_a_report_like_any_other_and_one_at_a_time(filled: Database) -> None:
    types = [stored("CONNECTION_TEST", 2)]
    filled.answers["report_type"] = lambda report_type: [row for row in types if row["report_type"] == report_type]
    answer = handlers.test_connection(filled.session)
    (row,) = inserted(filled)
    assert (answer["job_id"], row["report_type"], row["report_version"]) == (row["job_id"], "CONNECTION_TEST", 2)
    filled.answers["open_job_of_key"] = lambda dedupe_key: [{"job_id": f"open {dedupe_key}", "status": "RUNNING"}]
    assert handlers.test_connection(filled.session)["duplicate_of"] == "open test_connection"


def test_a_request_is_checked_inserted_and_answered(filled: Database) -> None:
    answer = handlers.generate_report(filled.session, "sales_report", {"top_n": 7}, {"priority": 90, "timeout_s": 60})
    (row,) = inserted(filled)
    assert answer == {"job_id": row["job_id"], "status": "QUEUED", "duplicate_of": None}
    assert (row["report_type"], row["report_version"], row["params"], row["priority"]) == (
        "SALES_REPORT",
        3,
        {"top_n": 7},
        90,
    )
    assert row["options"] == {"priority": 90, "timeout_s": 60}
    assert (row.get("business_date"), row["payload_version"], row["source"]) == (None, 1, "generate_report")


def test_not_before_is_written_as_utc(filled: Database) -> None:
    handlers.generate_report(filled.session, "SALES_REPORT", {}, {"not_before": "2026-03-05T06:00:00+02:00"})
    assert inserted(filled)[0]["not_before"] == "2026-03-05 04:00:00"


@pytest.mark.parametrize(
    ("report_type", "params", "options", "says"),
    [
        ("NO_REPORT", {}, {}, "report_type: 'NO_REPORT' is not a report type; known are SALES_REPORT"),
        ("sales", {}, {}, "did you mean SALES_REPORT?"),
        ("WEKLY_REPORT", {}, {}, "did you mean WEEKLY_REPORT?"),
        (None, {}, {}, "report_type: null is not a report type; known are"),
        ("OFF_REPORT", {}, {}, "switched off"),
        ("SALES_REPORT", {}, {"business_date": "2999-01-01"}, "options.business_date: 2999-01-01 lies in the future"),
        ("SALES_REPORT", {"top_n": 0}, {}, "params.top_n"),
        ("SALES_REPORT", [1], {}, "params: .* is not an object"),
        ("SALES_REPORT", {}, "x", "options: 'x' is not an object"),
        ("SALES_REPORT", {}, {"speed": 1}, "options.speed"),
    ],
)
def test_p22_bad_input_is_refused_by_name_and_nothing_is_enqueued(
    filled: Database, report_type: Any, params: Any, options: Any, says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        handlers.generate_report(filled.session, report_type, params, options)
    assert inserted(filled) == []


def test_p18_an_open_job_of_the_same_key_is_the_answer(filled: Database) -> None:
    filled.answers["open_job_of_key"] = [{"job_id": "j", "status": "RUNNING"}]
    answer = handlers.generate_report(filled.session, "SALES_REPORT", {}, {"dedupe_key": "k"})
    assert answer == {"job_id": "j", "status": "RUNNING", "duplicate_of": "j"}
    assert inserted(filled) == []


def test_the_daily_call_asks_for_every_enabled_daily_type_of_yesterday(filled: Database) -> None:
    answer = handlers.generate_daily_reports(filled.session, None)
    (row,) = inserted(filled)
    assert row["job_id"] == calendar_job_id("prod", "SALES_REPORT", date(2026, 3, 3))
    assert row["business_date"] == "2026-03-03"
    assert (answer["enqueued"], answer["business_date"]) == (1, "2026-03-03")


def test_p18_a_second_call_for_the_same_day_answers_with_the_same_jobs(filled: Database) -> None:
    first = handlers.generate_daily_reports(filled.session, None)
    (job,) = first["jobs"]
    filled.answers["known_jobs"] = [{"job_id": job["job_id"], "status": "SUCCEEDED"}]
    second = handlers.generate_daily_reports(filled.session, None)
    assert second["enqueued"] == 0
    assert second["jobs"] == [job | {"status": "SUCCEEDED", "duplicate_of": job["job_id"]}]
    assert len(inserted(filled)) == 1


def test_the_earlier_call_takes_and_answers_with_the_same_names(filled: Database) -> None:
    answer = handlers.generate_report_via_ecs(filled.session, "my-job", "sales_report", {"top_n": 3}, None)
    assert set(answer) == {"status", "job_id", "message", "tracking_id", "estimated_completion", "s3_output_location"}
    assert (answer["job_id"], answer["status"]) == ("my-job", "QUEUED")
    assert answer["s3_output_location"] == "s3://files/reports/SALES_REPORT/adhoc/my-job/"


@pytest.mark.parametrize(
    ("job_id", "job_type", "given", "says"),
    [
        ("a b", "SALES_REPORT", {}, "^job_id: .a b. cannot name a job"),
        ("ok", "NO", {}, "^job_type: 'NO' is not"),
        ("ok", "SALES_REPORT", {"top_n": "x"}, "^input_data.top_n: "),
        ("ok", "SALES_REPORT", "x", "^input_data: 'x' is not an object"),
    ],
)
def test_p22_the_earlier_call_names_its_own_arguments(
    filled: Database, job_id: str, job_type: str, given: Any, says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        handlers.generate_report_via_ecs(filled.session, job_id, job_type, given, "TEST")


def test_p18_the_earlier_call_refuses_a_job_id_that_is_taken(filled: Database) -> None:
    filled.answers["known_jobs"] = [{"job_id": "taken", "status": "FAILED"}]
    with pytest.raises(RefusedError, match="job_id: 'taken' is already used"):
        handlers.generate_report_via_ecs(filled.session, "taken", "SALES_REPORT", {}, "TEST")


def job_row(**changes: Any) -> dict[str, Any]:
    usual = {"job_id": "j", "report_type": "SALES_REPORT", "duplicate_of": None, "params": "{}", "finished_at": NOW}
    return {**usual, "status": "RUNNING", **changes}


def test_a_duplicate_answers_with_its_original(filled: Database) -> None:
    rows = {"copy": job_row(job_id="copy", status="DUPLICATE", duplicate_of="j"), "j": job_row()}
    filled.answers["job_for_caller"] = lambda job_id: [rows[job_id]] if job_id in rows else []
    assert handlers.report_status(filled.session, "copy") == {
        **job_row(params={}, finished_at="2026-03-04T12:00:00.000+00:00"),
        "asked_for": "copy",
        "progress": "runs for a moment",
    }
    with pytest.raises(RefusedError, match="job_id: 'nobody' is not the id of a job"):
        handlers.report_status(filled.session, "nobody")


class Time:
    """Virtual seconds."""

    def __init__(self) -> None:
        self.now_s, self.pauses = 0.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now_s += seconds


def waited(database: Database, timeout_s: int | None, time: Time) -> dict[str, Any]:
    return wait_for_report(database.session, "j", timeout_s, sleep=time.sleep, monotonic_s=lambda: time.now_s)


def test_waiting_ends_with_the_job(filled: Database) -> None:
    time = Time()
    filled.answers["job_for_caller"] = lambda job_id: [
        job_row(job_id=job_id, status="SUCCEEDED" if time.now_s > 20 else "RUNNING")
    ]
    answer = waited(filled, 600, time)
    assert (answer["status"], answer["timed_out"]) == ("SUCCEEDED", False)
    assert time.pauses[0] == 1.0
    assert max(time.pauses) == 5.0


def test_waiting_for_a_duplicate_is_waiting_for_its_original(filled: Database) -> None:
    time = Time()
    copy = job_row(job_id="j", status="DUPLICATE", duplicate_of="first")
    filled.answers["job_for_caller"] = lambda job_id: [
        copy if job_id == "j" else job_row(job_id="first", status="SUCCEEDED" if time.now_s > 5 else "RUNNING")
    ]
    answer = waited(filled, 600, time)
    assert (answer["job_id"], answer["status"], answer["asked_for"]) == ("first", "SUCCEEDED", "j")
    assert time.now_s > 5


def test_waiting_ends_with_the_time(filled: Database) -> None:
    time = Time()
    filled.answers["job_for_caller"] = [job_row()]
    answer = waited(filled, 30, time)
    assert (answer["status"], answer["timed_out"], time.now_s) == ("RUNNING", True, 30.0)
    assert answer["progress"] == "runs for a moment"


@pytest.mark.parametrize("timeout_s", [None, -1, 86_401])
def test_p22_a_time_out_out_of_range_is_refused(filled: Database, timeout_s: int | None) -> None:
    with pytest.raises(RefusedError, match="timeout_s"):
        waited(filled, timeout_s, Time())


def test_waiting_inside_an_open_transaction_is_refused_at_once(filled: Database) -> None:
    filled.answers["current_transaction"] = [{"transaction_id": 7}]
    with pytest.raises(RefusedError, match="transaction: is open"):
        waited(filled, 600, Time())


def too_many(errno: int) -> SnowparkSQLException:
    return SnowparkSQLException("waits", sql_error_code=errno)


def test_p1_an_insert_that_found_too_many_waiters_is_tried_again(filled: Database) -> None:
    troubles, time = [too_many(625), too_many(625)], Time()

    def insert(rows: str) -> list[dict[str, Any]]:
        if troubles:
            raise troubles.pop()
        assert rows == "[]"
        return []

    filled.answers["insert_intake"] = insert
    insert_with_patience(filled.session, "insert_intake", sleep=time.sleep, rows="[]")
    assert len(time.pauses) == 2


@pytest.mark.parametrize(("errno", "tries"), [(625, INSERT_TRIES), (2003, 1)])
def test_p1_an_insert_that_cannot_be_made_is_told_to_the_caller(filled: Database, errno: int, tries: int) -> None:
    def insert(rows: str) -> list[dict[str, Any]]:
        raise too_many(errno)

    filled.answers["insert_intake"] = insert
    with pytest.raises(SnowparkSQLException):
        insert_with_patience(filled.session, "insert_intake", sleep=Time().sleep, rows="[]")
    assert len(filled.asked) == tries


def test_a_variant_comes_as_json_text_or_as_it_is() -> None:
    assert statements.variant('{"a": [1]}') == {"a": [1]}
    assert statements.variant({"a": 1}) == {"a": 1}
    assert statements.variant(None) is None
    assert NOW.replace(tzinfo=UTC) - timedelta(0) == datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize("job_id", [None, "__leader__"])
def test_p22_the_earlier_call_needs_an_id_of_the_callers_own(filled: Database, job_id: str | None) -> None:
    with pytest.raises(RefusedError, match="job_id: "):
        handlers.generate_report_via_ecs(filled.session, job_id, "SALES_REPORT", {}, "TEST")  # type: ignore[arg-type]  # NULL
    assert inserted(filled) == []


def test_p22_wrong_options_and_wrong_params_are_told_together(filled: Database) -> None:
    with pytest.raises(RefusedError, match=r"options.priority: .*; params.colour: "):
        handlers.generate_report(filled.session, "SALES_REPORT", {"colour": 1}, {"priority": 500})
