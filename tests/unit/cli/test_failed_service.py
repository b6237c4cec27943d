"""A deployment whose executor does not come up is explained by the theories of ``explain``, with its cause by name."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from click.testing import CliRunner

from executor.cli.failed_service import FOLDER, told
from executor.cli.verbs import loaded
from executor.deploy.failed import Failed

SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-central-1:210987654321"
NAME = "reporting-prod-executor"
FAILED = Failed("reporting-prod", NAME, SINCE)
NO_IMAGE = (
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
    "210987654321.dkr.ecr.eu-central-1.amazonaws.com/reporting-prod/executor@sha256:0: not found"
)
CANARY = "canary-of-a-password"


def task(number: int, revision: int, reason: str, *, ran: bool, code: int | None = None, **more: Any) -> dict[str, Any]:
    made = SINCE + timedelta(seconds=60 * number)
    times = {"startedAt": made + timedelta(seconds=9)} if ran else {}
    return {
        "taskArn": f"{ARN}:task/reporting-prod/{number:032x}", "group": f"service:{NAME}", "lastStatus": "STOPPED",
        "taskDefinitionArn": f"{ARN}:task-definition/{NAME}:{revision}", "createdAt": made, "stoppedReason": reason,
        "stoppedAt": made + timedelta(seconds=12), "containers": [{"name": "executor", "exitCode": code}],
        "stopCode": "EssentialContainerExited" if ran else "TaskFailedToStart", **times, **more,
    }  # fmt: skip


class Aws:
    """ECS after a roll-back: the service runs revision 1 again, tasks of revision 2 have stopped."""

    def __init__(self, tasks: list[dict[str, Any]], log: list[str], *, service: bool = True) -> None:
        self.tasks, self.log, self.service = tasks, log, service

    def __call__(self, _name: str) -> "Aws":
        return self

    def describe_services(self, **_: Any) -> Any:
        events = [
            {"message": f"(service {NAME}) rolling back to deployment one.", "createdAt": SINCE + timedelta(minutes=4)},
            {"message": f"(service {NAME}) has reached a steady state.", "createdAt": SINCE - timedelta(days=1)},
        ]
        found = {
            "serviceName": NAME, "taskDefinition": f"{ARN}:task-definition/{NAME}:1", "desiredCount": 1,
            "runningCount": 1, "events": events,
        }  # fmt: skip
        return {"services": [found] if self.service else []}

    def list_tasks(self, **asked: Any) -> Any:
        """One task a page, and of a whole cluster those of others first."""
        assert asked["desiredStatus"] == "STOPPED"
        if asked.get("family") != NAME:
            return {"taskArns": ["arn:task/another"]}
        at = int(asked.get("nextToken", 0))
        more = {"nextToken": str(at + 1)} if at + 1 < len(self.tasks) else {}
        return {"taskArns": [one["taskArn"] for one in self.tasks[at : at + 1]], **more}

    def describe_tasks(self, **asked: Any) -> Any:
        return {"tasks": [one for one in self.tasks if one["taskArn"] in asked["tasks"]]}

    def describe_task_definition(self, **asked: Any) -> Any:
        options = {"awslogs-group": "/reporting/prod/executor", "awslogs-stream-prefix": "executor"}
        container = {
            "name": "executor", "image": "executor@sha256:0", "logConfiguration": {"options": options},
            "environment": [{"name": "SNOWFLAKE_PASSWORD", "value": CANARY}],
        }  # fmt: skip
        own = {"taskDefinitionArn": asked["taskDefinition"], "family": NAME, "revision": 2}
        return {"taskDefinition": {**own, "containerDefinitions": [container]}}

    def get_log_events(self, **asked: Any) -> Any:
        if not self.log:
            error: Any = {
                "Error": {"Code": "ResourceNotFoundException", "Message": "The specified log stream does not exist."}
            }
            raise ClientError(error, "GetLogEvents")
        assert asked["logStreamName"].startswith("executor/executor/")
        return {"events": [{"message": line, "timestamp": 1_772_442_000_000} for line in self.log]}


BEFORE = task(-60, 1, "Scaling activity initiated by (deployment one)", ran=True, code=0)
CRASHED = [
    task(number, 2, "Essential container in task exited", ran=True, code=1) for number in (1, 2, 3)
]  # fmt: skip
NEVER = [task(number, 2, NO_IMAGE, ran=False) for number in (1, 2, 3)]
CASES = {
    "bad image": (NEVER, [], "cause: image_not_found (certain, settled)"),
    "crash": (
        CRASHED,
        ["ModuleNotFoundError: No module named 'structlog'"],
        "cause: python_import_error (certain, settled)",
    ),
    "crash without a word": (CRASHED, [], "cause: app_error (likely, settled)"),
}


@pytest.mark.parametrize(("tasks", "log", "cause"), CASES.values(), ids=list(CASES))
def test_a_service_that_does_not_come_up_has_its_cause_by_name_and_what_to_do(
    tasks: list[dict[str, Any]], log: list[str], cause: str, tmp_path: Path
) -> None:
    lines = told(Aws([BEFORE, *tasks], log), FAILED, tmp_path)
    assert cause in lines, lines
    assert any(line.startswith("what to do: ") for line in lines)
    assert any(line.startswith("ruled out: ") for line in lines)
    assert f"service: (service {NAME}) rolling back to deployment one." in lines
    assert not any("steady state" in line for line in lines), "that was before this deployment"
    assert sum(line.startswith("task ") for line in lines) == 2
    assert all(f"  {line}" in lines for line in log)


def test_the_evidence_is_kept_without_secrets_and_explains_the_same_again(tmp_path: Path) -> None:
    lines = told(Aws([BEFORE, *NEVER], []), FAILED, tmp_path)
    path = tmp_path / FOLDER / f"{NAME}-20260302T090000Z.json"
    assert str(path.relative_to(tmp_path)) in lines[-1]
    kept = path.read_text(encoding="utf-8")
    assert CANARY not in kept
    assert BEFORE["taskArn"] not in kept
    again = CliRunner().invoke(loaded("explain"), ["bundle", str(path), "--json"])
    (report,) = json.loads(again.output)
    assert (report["cause_id"], report["subject"]) == ("image_not_found", NAME)
    assert f"why: {report['says']}" in lines


def test_a_service_that_went_with_its_first_deployment_is_explained_by_its_tasks(tmp_path: Path) -> None:
    lines = told(Aws(NEVER, [], service=False), FAILED, tmp_path)
    assert "cause: image_not_found (certain, settled)" in lines


def test_where_nothing_is_known_nothing_is_said(tmp_path: Path) -> None:
    assert told(Aws([BEFORE], [], service=False), FAILED, tmp_path) == []
