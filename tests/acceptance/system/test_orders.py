"""Cancelling, making again, pausing, forgetting: ordered with ``reporting``, carried out by a real executor."""

import json
import re
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.main import app
from tests.acceptance.system.driving import Analyst, Stack, until

pytestmark = pytest.mark.usefixtures("executor")

SLOW = {"title": "Slow", "queries": [{"name": "q", "sql": "SELECT SYSTEM$WAIT(120) AS waited"}]}


class Operator:
    """Somebody with the command line."""

    def __init__(self, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
        # connections.toml is read where the connector was imported first; the other settings say the same.
        for name in stack.settings.keys() - {"SNOWFLAKE_DEFAULT_CONNECTION_NAME"}:
            monkeypatch.setenv(name, stack.settings[name])

    def says(self, *arguments: str) -> Any:
        done = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
        assert done.exit_code == 0
        return json.loads(done.stdout)


@pytest.fixture
def operator(stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Operator:
    return Operator(stack, monkeypatch)


def status_is(analyst: Analyst, job_id: str, status: str) -> bool:
    return bool(analyst.rows("SELECT 1 FROM reporting.job_state WHERE job_id = ? AND status = ?", job_id, status))


def querying(status: dict[str, Any]) -> dict[str, Any] | None:
    """The status, once it says what the container does."""
    return status if re.fullmatch(r"runs for [\dmin ]+ s: querying", str(status["progress"])) else None


def test_p16_a_running_report_says_how_far_it_is_is_cancelled_and_made_again(
    operator: Operator, analyst: Analyst
) -> None:
    analyst.define("SLOW_TO_CANCEL", SLOW)
    job_id = analyst.call("CALL reporting.generate_report('SLOW_TO_CANCEL')")["job_id"]
    until(lambda: status_is(analyst, job_id, "RUNNING"))
    waited = until(lambda: querying(analyst.call("CALL reporting.wait_for_report(?, 2)", job_id)))
    assert (waited["status"], waited["timed_out"]) == ("RUNNING", True)
    assert operator.says("cancel", job_id) == {"job_id": job_id, "status": "RUNNING"}
    row = analyst.ended(job_id)
    assert (row["STATUS"], row["FILES"]) == ("CANCELLED", None)
    assert row["DIAGNOSIS"].startswith("Cancelled by ")
    assert "retry_report" in row["REMEDY"]

    again = operator.says("retry", job_id)
    assert (again["retry_of"], again["status"]) == (job_id, "QUEUED")
    assert operator.says("retry", job_id)["duplicate_of"] == again["job_id"]
    operator.says("cancel", again["job_id"])
    assert analyst.ended(again["job_id"])["STATUS"] == "CANCELLED"


def test_a_paused_type_waits_and_says_so_until_it_is_resumed(operator: Operator, analyst: Analyst) -> None:
    assert operator.says("pause", "product_performance") == {"report_type": "PRODUCT_PERFORMANCE", "paused": True}
    job_id = analyst.call("CALL reporting.generate_report('PRODUCT_PERFORMANCE')")["job_id"]
    other = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
    assert analyst.ended(other)["STATUS"] == "SUCCEEDED"
    (row,) = analyst.rows("SELECT status, diagnosis, remedy FROM reporting.jobs WHERE job_id = ?", job_id)
    assert (row["STATUS"], row["DIAGNOSIS"]) == ("QUEUED", "Its type is paused.")
    assert "resume_reports" in row["REMEDY"]
    (pause,) = analyst.rows("SELECT * FROM reporting.report_pauses WHERE report_type = 'PRODUCT_PERFORMANCE'")
    assert (pause["PAUSED"], pause["ASKED_BY"] is not None) == (True, True)
    operator.says("resume", "PRODUCT_PERFORMANCE")
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"


def test_a_pruning_takes_its_order_away_and_leaves_what_is_young(operator: Operator, analyst: Analyst) -> None:
    job_id = analyst.call("CALL reporting.generate_report('SALES_REPORT')")["job_id"]
    assert analyst.ended(job_id)["STATUS"] == "SUCCEEDED"
    assert operator.says("prune", "--keep-days", "1")["keep_days"] == 1
    until(lambda: not analyst.rows("SELECT 1 FROM reporting.job_intake WHERE kind = 'PRUNE'"))
    assert status_is(analyst, job_id, "SUCCEEDED")
    assert sum(month["succeeded"] for month in operator.says("costs", "--type", "sales_report", "--months", "2")) > 0
