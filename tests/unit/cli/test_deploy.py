"""``deploy snowflake``: the plan in words, and when it asks before it goes on."""

from dataclasses import replace
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli import deploy
from executor.cli.deploy_plan import lines_of
from executor.cli.errors import CommandError
from executor.deploy import snowflake as snowflake_side
from executor.deploy.plan import Change, Plan

PLAN = Plan(
    where="A.B",
    new_objects=("schema A.B",),
    code="code.zip",
    code_is_new=True,
    runtime="3.11",
    packages=("pydantic",),
    changes=(
        Change("V0001__queue.sql", "migration", "job_intake", is_new=True),
        Change("R__view_1_jobs.sql", "view", "jobs", is_new=False),
        Change("R__view_2_failures.sql", "view", "failures", is_new=True),
    ),
    tasks_to_start=("daily_reports_task",),
    grants=("GRANT x",),
    reports=("SALES_REPORT v1",),
)
NOTHING = replace(PLAN, new_objects=(), code_is_new=False, changes=(), tasks_to_start=(), reports=())

SETTINGS = {
    "REPORTING_INSTALLATION": "test",
    "REPORTING_BUCKET": "report-files",
    "SNOWFLAKE_ACCOUNT": "local",
    "SNOWFLAKE_HOST": "127.0.0.1",
    "SNOWFLAKE_PROTOCOL": "http",
    "SNOWFLAKE_USER": "tester",
    "SNOWFLAKE_PASSWORD": "any",
}


def test_a_plan_says_what_is_made_what_is_changed_and_with_what() -> None:
    assert lines_of(PLAN) == [
        "Plan for A.B: what will be done",
        "  new objects: schema A.B",
        "  procedures' code: code.zip (new); Python 3.11 with pydantic",
        "  migration V0001__queue.sql: job_intake",
        "  views: new failures; changed jobs",
        "  tasks that will start: daily_reports_task",
        "  built-in reports: SALES_REPORT v1",
        "  grants: 1, said again each time (--json lists them)",
    ]
    assert lines_of(NOTHING)[0] == "Plan for A.B: nothing to do but to say the grants again"
    bell = replace(NOTHING, bells=("doorbell: RING, from now on none",))
    assert lines_of(bell)[0] == "Plan for A.B: what will be done"
    assert "  doorbell: RING, from now on none" in lines_of(bell)
    assert PLAN.as_json()["changes"][0]["kind"] == "migration"
    lost = replace(PLAN, changes=(replace(PLAN.changes[0], is_new=False),))
    assert "  migration V0001__queue.sql: job_intake, what is lost of it" in lines_of(lost)


@pytest.mark.parametrize(
    ("arguments", "plan", "terminal", "answer", "goes_on"),
    [
        ([], PLAN, True, "y\n", True),
        ([], PLAN, True, "n\n", False),
        ([], PLAN, False, "", True),
        ([], NOTHING, True, "", True),
        (["--yes"], PLAN, True, "", True),
        (["--json"], PLAN, True, "", True),
        (["--plan"], PLAN, True, "", False),
    ],
)
def test_it_asks_at_a_terminal_where_there_is_something_to_do(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], plan: Plan, terminal: bool, answer: str, goes_on: bool
) -> None:
    deployed: list[Any] = []
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(deploy, "_at_a_terminal", lambda: terminal)
    monkeypatch.setattr(snowflake_side, "planned", lambda **_: plan)
    monkeypatch.setattr(snowflake_side, "deploy", lambda **what: deployed.append(what))
    done = CliRunner().invoke(deploy.app, ["snowflake", *arguments], input=answer)
    assert len(deployed) == goes_on
    assert isinstance(done.exception, CommandError) == (answer == "n\n")
    if answer == "n\n":
        assert "nothing was done, as you said" in str(done.exception)
