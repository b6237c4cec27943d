"""Events of tasks through a rule to a queue, as a consumer reads them."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest


class Listener:
    """A queue behind a rule for the tasks of one group."""

    def __init__(self, cloud: Any, **detail: list[str]) -> None:
        self.cloud, self.group = cloud, f"group-{uuid.uuid4().hex[:8]}"
        self._sqs, self._events = cloud.client("sqs"), cloud.client("events")
        self._url = self._sqs.create_queue(QueueName=self.group)["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        pattern = {
            "source": ["aws.ecs"],
            "detail-type": ["ECS Task State Change"],
            "detail": {"group": [self.group], **detail},
        }
        self._events.put_rule(Name=self.group, EventPattern=json.dumps(pattern))
        self._events.put_targets(Rule=self.group, Targets=[{"Id": "1", "Arn": arn}])
        self.heard: list[dict[str, Any]] = []

    def close(self) -> None:
        self._events.remove_targets(Rule=self.group, Ids=["1"])
        self._events.delete_rule(Name=self.group)

    def listen(self) -> list[dict[str, Any]]:
        """Everything that came until now."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                self.heard.append(json.loads(message["Body"]))
        return self.heard

    def until_stopped(self, arn: str) -> list[dict[str, Any]]:
        """All events of a task, the one of its end included."""

        def ended() -> bool:
            return any(event["detail"]["lastStatus"] == "STOPPED" for event in self.listen())

        self.cloud.until(ended, f"the event of the end of {arn}")
        return self.listen()


@pytest.fixture
def listener(trouble: Any) -> Iterator[Listener]:
    listening = Listener(trouble)
    yield listening
    listening.close()


def versions(events: list[dict[str, Any]]) -> list[int]:
    return [event["detail"]["version"] for event in events]


def test_every_change_of_a_task_is_an_event_in_the_order_of_its_versions(trouble: Any, listener: Listener) -> None:
    arn = trouble.run("import sys; sys.exit(12)", group=listener.group, startedBy="me")
    events = listener.until_stopped(arn)
    assert versions(events) == list(range(1, len(events) + 1))
    statuses = list(dict.fromkeys(event["detail"]["lastStatus"] for event in events))
    assert statuses == [
        "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED",
    ]  # fmt: skip
    assert events[-1]["detail"]["version"] == trouble.describe(arn)["version"]


def test_an_event_has_the_envelope_of_eventbridge_and_the_task_as_detail(trouble: Any, listener: Listener) -> None:
    arn = trouble.run("import sys; sys.exit(12)", group=listener.group, startedBy="me")
    event = listener.until_stopped(arn)[-1]
    assert {"version", "id", "detail-type", "source", "time", "region", "resources", "detail"} <= set(event)
    assert (event["source"], event["detail-type"], event["resources"]) == ("aws.ecs", "ECS Task State Change", [arn])
    detail = event["detail"]
    assert (detail["taskArn"], detail["startedBy"], detail["stopCode"]) == (arn, "me", "EssentialContainerExited")
    assert detail["containers"][0]["exitCode"] == 12
    assert detail["stoppedAt"].endswith("Z")
    assert "healthStatus" not in detail


def test_a_rule_hears_only_what_it_asks_for(trouble: Any) -> None:
    listener = Listener(trouble, lastStatus=["STOPPED"])
    trouble.finish("", group="somebody-elses")
    arn = trouble.run("", group=listener.group)
    events = listener.until_stopped(arn)
    assert [event["resources"] for event in events] == [[arn]]
    listener.close()


def test_an_event_ordered_twice_comes_twice_with_one_version(trouble: Any, listener: Listener) -> None:
    trouble.order({"op": "event", "kind": "duplicate", "match": listener.group, "times": 2})
    events = listener.until_stopped(trouble.run("", group=listener.group))
    assert versions(events)[:4] == [1, 1, 2, 2]
    assert events[0] == events[1]


def test_events_overtake_each_other_when_ordered(trouble: Any, listener: Listener) -> None:
    trouble.order({"op": "event", "kind": "disorder", "match": listener.group})
    events = listener.until_stopped(trouble.run("", group=listener.group))
    assert versions(events)[:3] == [2, 1, 3]


def test_a_late_event_comes_all_the_same(trouble: Any, listener: Listener) -> None:
    trouble.order({"op": "event", "kind": "disorder", "match": '"lastStatus": "STOPPED", "launchType"'})
    arn = trouble.run("", group=listener.group)
    assert versions(listener.until_stopped(arn))[-1] == trouble.describe(arn)["version"]


def test_a_lost_event_never_comes(trouble: Any, listener: Listener) -> None:
    trouble.order({"op": "event", "kind": "lost", "match": listener.group, "times": 3})
    events = listener.until_stopped(trouble.run("", group=listener.group))
    assert versions(events)[0] == 4
