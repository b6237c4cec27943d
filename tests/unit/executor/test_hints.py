"""What messages of the hints queue say."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from executor.core.hints import Doorbell, Hint, TaskChanged, Unread, read
from executor.core.tasks import ContainerView
from tests.jobs import ARN

DETAIL: dict[str, Any] = {
    "taskArn": ARN,
    "lastStatus": "STOPPED",
    "startedBy": "reporting/prod/job-1/1",
    "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
    "containers": [{"name": "report", "lastStatus": "STOPPED", "exitCode": 12, "unheard": [1]}],
    "stoppedAt": "2026-03-02T09:00:07.5Z",
    "version": 7,
    "unheardOf": {"a": 1},
}


def event(**changes: Any) -> str:
    said = {"version": "0", "source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": DETAIL, **changes}
    return json.dumps(said)


def sns(message: str) -> str:
    return json.dumps({"Type": "Notification", "TopicArn": "arn:aws:sns:us-east-1:1:bell", "Message": message})


def test_an_event_of_eventbridge_tells_of_a_task_with_the_evidence_of_its_end() -> None:
    found = read(event())
    assert isinstance(found, TaskChanged)
    assert (found.task.arn, found.task.stopped, found.task.started_by) == (ARN, True, "reporting/prod/job-1/1")
    assert found.task.containers == (ContainerView("report", 12),)
    assert found.task.stopped_at == datetime(2026, 3, 2, 9, 0, 7, 500_000, UTC)


def test_an_event_that_came_by_sns_is_the_same_event() -> None:
    assert read(sns(event())) == read(event())


@pytest.mark.parametrize("body", [sns("anything"), sns("{}"), sns(""), '{"doorbell": 1}'])
def test_whatever_comes_by_sns_is_a_doorbell_and_so_is_one_that_says_so(body: str) -> None:
    assert read(body) == Doorbell()


BROKEN: dict[str, Hint | str] = {
    "no json": "not json",
    "no object": "[1]",
    "nothing": "{}",
    "another source": event(source="aws.s3"),
    "no detail": event(detail=None),
    "no arn": event(detail={"lastStatus": "RUNNING"}),
    "containers of another kind": event(detail={**DETAIL, "containers": ["report"]}),
    "a moment that is none": event(detail={**DETAIL, "stoppedAt": "yesterday"}),
    "a moment without a zone": event(detail={**DETAIL, "stoppedAt": "2026-03-02T09:00:07"}),
    "a moment of another kind": event(detail={**DETAIL, "stoppedAt": 7}),
    "a deep one": "[" * 100_000,
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_p24_what_says_nothing_is_said_to_say_nothing(body: str) -> None:
    found = read(body)
    assert isinstance(found, Unread)
    assert found.why
