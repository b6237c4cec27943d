"""What the command line says when Snowflake does not do what it was asked."""

from collections.abc import Callable
from typing import Any, Self, cast

import pytest
from snowflake.connector import SnowflakeConnection, errors

from executor.cli.client import PROCEDURE_RAISED, Client
from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import _wait

Ask = Callable[[Client], object]


class Refusing:
    """A connection, and its cursor, that answers everything with one error, or with rows."""

    database, schema = "ANALYTICS_PLATFORM", "REPORTING"

    def __init__(self, error: errors.Error | None) -> None:
        self._error = error

    def cursor(self, *_: object) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def execute(self, *_: object) -> None:
        if self._error is not None:
            raise self._error

    def fetchall(self) -> list[dict[str, Any]]:
        return []


def client(error: errors.Error | None) -> Client:
    return Client(cast(SnowflakeConnection, Refusing(error)))


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
