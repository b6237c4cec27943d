"""What the command line says when Snowflake does not do what it was asked."""

from collections.abc import Callable
from typing import Any, Self, cast

import pytest
from snowflake.connector import SnowflakeConnection, errors

from executor.cli.client import PROCEDURE_RAISED, Client
from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import _wait
from executor.cli.snowflake_troubles import of_sign_in
from executor.settings import ObjectNames

Ask = Callable[[Client], object]


class Refusing:
    """A connection, and its cursor, that answers everything with one error, or with rows."""

    database, schema, role = "ANALYTICS_PLATFORM", "REPORTING", "ANALYST"

    def __init__(self, error: errors.Error | None, *, has_role: bool = True) -> None:
        self._error, self._has_role = error, has_role

    def cursor(self, *_: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, text: str, *_: object) -> None:
        if self._error is not None and "IS_ROLE_IN_SESSION" not in text:
            raise self._error

    def fetchone(self) -> tuple[bool]:
        return (self._has_role,)

    def fetchall(self) -> list[dict[str, Any]]:
        return []


def client(error: errors.Error | None, *, has_role: bool = True, names: ObjectNames | None = None) -> Client:
    return Client(cast(SnowflakeConnection, Refusing(error, has_role=has_role)), names)


ASKS: list[Ask] = [
    lambda asked: asked.rows("job", job_id="j"),
    lambda asked: asked.call("call_generate_daily_reports"),
]


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize("errno", [2003, 2140, 90105])
def test_where_nothing_is_installed_the_remedy_is_said_in_one_sentence(ask: Ask, errno: int) -> None:
    with pytest.raises(
        CommandError, match=r"^ANALYTICS_PLATFORM.REPORTING has no queue .* reporting deploy snowflake$"
    ):
        ask(client(errors.ProgrammingError(msg="SQL compilation error:\nObject 'JOBS' does not exist", errno=errno)))


def test_what_is_not_there_is_named_as_it_was_looked_for() -> None:
    error = errors.ProgrammingError(msg="Object 'JOBS' does not exist", errno=2003)
    there = client(error, names=ObjectNames(database="ELSEWHERE", REPORTING_SCHEMA="QUEUE"))
    with pytest.raises(
        CommandError, match=r"^ELSEWHERE\.QUEUE has no queue .* set REPORTING_DATABASE and REPORTING_SC"
    ):
        there.job("j")


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("job", "REPORT_REQUESTER"),
        ("call_cancel_report", "REPORT_REQUESTER"),
        ("call_pause_reports", "REPORT_OPERATOR"),
    ],
)
def test_a_role_that_has_no_part_in_the_queue_is_told_which_grant_it_lacks(name: str, needed: str) -> None:
    error = errors.ProgrammingError(msg="does not exist or not authorized", errno=2003)
    with pytest.raises(CommandError, match=f"GRANT ROLE {needed} TO ROLE ANALYST") as refused:
        client(error, has_role=False).rows(name, job_id="j", report_type=None)
    assert "deploy" not in str(refused.value)


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    ("errno", "says"),
    [
        (630, "stopped the statement at its time limit"),
        (604, "somebody cancelled it"),
        (625, "too many wait for one lock"),
        (606, "set REPORTING_WAREHOUSE"),
        (3001, "the role lacks this right"),
    ],
)
def test_a_statement_that_was_refused_or_stopped_is_exit_code_one(ask: Ask, errno: int, says: str) -> None:
    with pytest.raises(CommandError, match=says) as refused:
        ask(client(errors.ProgrammingError(msg="Statement\nwas …", errno=errno)))
    assert refused.value.code is Exit.FAILED
    assert "\n" not in str(refused.value)
    assert "reached" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("390100 (08001): Incorrect username or password was specified.", "SNOWFLAKE_PASSWORD"),
        ("390422 (08001): Incoming request with IP/Token 192.0.2.1 is not allowed.", "network policy"),
        ("390189 (08001): Role 'X' does not exist or is not granted.", "GRANT ROLE X TO USER MARY"),
        ("390999 (08001): Something else.", "what it signs in with"),
    ],
)
def test_a_refused_sign_in_is_exit_code_three_with_its_own_remedy(text: str, says: str) -> None:
    error = errors.DatabaseError(msg=f"Failed to connect to DB: host. {text}", errno=250001)
    said = of_sign_in(error, {"user": "MARY", "role": "X"})
    assert said.code is Exit.UNREACHABLE
    assert str(said).startswith("Snowflake refuses the sign-in of MARY: ")
    assert says in str(said).rsplit("; ", maxsplit=1)[-1]


def test_a_snowflake_that_does_not_answer_cannot_be_reached() -> None:
    said = of_sign_in(errors.OperationalError(msg="no route", errno=250001), {"user": "MARY"})
    assert (said.code, "cannot be reached" in str(said)) == (Exit.UNREACHABLE, True)
    assert "reporting up" in str(said)


@pytest.mark.parametrize("ask", ASKS)
@pytest.mark.parametrize(
    "error",
    [errors.OperationalError(msg="no\nroute", errno=250003), errors.ProgrammingError(msg="expired", errno=390114)],
)
def test_a_lost_line_is_exit_code_three(ask: Ask, error: errors.Error) -> None:
    with pytest.raises(CommandError, match="cannot be reached any more") as refused:
        ask(client(error))
    assert refused.value.code is Exit.UNREACHABLE
    assert "\n" not in str(refused.value)


def test_a_refusal_is_said_in_its_own_words() -> None:
    error = errors.ProgrammingError(
        msg="Python Interpreter Error:\nRefusedError: params.x: no\n in function F", errno=PROCEDURE_RAISED
    )
    with pytest.raises(CommandError, match=r"^params.x: no$"):
        client(error).call("call_generate_daily_reports")


def test_any_other_error_is_a_bug_and_stays_one() -> None:
    with pytest.raises(errors.ProgrammingError):
        client(errors.ProgrammingError(msg="syntax error", errno=1003)).rows("job", job_id="j")


def test_who_is_no_job_is_told_so() -> None:
    with pytest.raises(CommandError, match="nobody is not the id of a job"):
        client(None).job("nobody")


class Jobs:
    """A client whose jobs move with a clock that only sleeping moves."""

    def __init__(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self._rows, self.now_s = rows, 0.0

    def job(self, job_id: str) -> dict[str, Any]:
        rows = self._rows[job_id]
        row = rows.pop(0) if len(rows) > 1 else rows[0]
        return {"job_id": job_id, "duplicate_of": None, **row}

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def wait(self, job_id: str, timeout_s: float | None = None) -> dict[str, Any]:
        me = cast(Client, self)
        return _wait(me, job_id, timeout_s, quiet=True, sleep=self.sleep, monotonic_s=lambda: self.now_s)


def test_waiting_for_a_duplicate_is_waiting_for_its_original() -> None:
    copy = [{"status": "QUEUED"}, {"status": "DUPLICATE", "duplicate_of": "first"}]
    found = Jobs({"copy": copy, "first": [{"status": "RUNNING"}, {"status": "SUCCEEDED"}]}).wait("copy")
    assert (found["job_id"], found["status"]) == ("first", "SUCCEEDED")


def test_waiting_ends_with_its_time() -> None:
    jobs = Jobs({"slow": [{"status": "RUNNING"}]})
    with pytest.raises(CommandError, match=r"after 2.5 s slow is RUNNING and goes on"):
        jobs.wait("slow", 2.5)
    assert jobs.now_s == 2.5
