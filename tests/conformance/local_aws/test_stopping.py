"""StopTask: SIGTERM to the whole container, SIGKILL after the stop time-out, the reason verbatim."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

OBEYS = "import time; print('up', flush=True); time.sleep(60)"
HESITATES = "import signal, time; signal.signal(15, lambda *_: (print('asked', flush=True), exit(5))); " + OBEYS
IGNORES = "import signal; signal.signal(15, signal.SIG_IGN); " + OBEYS
HAS_A_CHILD = "import subprocess; subprocess.Popen(['sleep', '61']); " + OBEYS


def stop(cloud: Any, arn: str, reason: str = "reporting:cancelled") -> Any:
    return cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn, reason=reason)["task"]


def test_stopping_answers_at_once_and_ends_with_143(cloud: Any) -> None:
    arn = cloud.run(OBEYS)
    cloud.await_line(arn, "up")
    answer = stop(cloud, arn)
    assert answer["desiredStatus"] == "STOPPED"
    task = cloud.await_status(arn, "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "reporting:cancelled")
    assert task["containers"][0]["exitCode"] == 143


def test_without_a_reason_the_user_stopped_it(cloud: Any) -> None:
    arn = cloud.run(OBEYS)
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn.rsplit("/", 1)[-1])
    assert cloud.await_status(arn, "STOPPED")["stoppedReason"] == "Task stopped by user"


def test_a_program_may_end_in_its_own_way_when_asked(cloud: Any) -> None:
    arn = cloud.run(HESITATES)
    cloud.await_line(arn, "up")
    stop(cloud, arn)
    assert cloud.await_status(arn, "STOPPED")["containers"][0]["exitCode"] == 5
    assert cloud.lines(arn) == ["up", "asked"]


def test_a_program_deaf_to_sigterm_is_killed_after_the_stop_timeout(cloud: Any) -> None:
    definition = cloud.register({"name": "report", "command": ["-c", IGNORES], "stopTimeout": 2})
    arn = cloud.run(taskDefinition=definition, overrides={})
    cloud.await_line(arn, "up")
    began = time.monotonic()
    stop(cloud, arn)
    task = cloud.await_status(arn, "STOPPED")
    assert task["containers"][0]["exitCode"] == 137
    assert 1.9 <= time.monotonic() - began < 60


def test_the_first_reason_stays(cloud: Any) -> None:
    arn = cloud.run(HESITATES)
    cloud.await_line(arn, "up")
    stop(cloud, arn, "first")
    stop(cloud, arn, "second")
    assert cloud.await_status(arn, "STOPPED")["stoppedReason"] == "first"


def test_stopping_a_stopped_task_answers_with_it_and_changes_nothing(cloud: Any) -> None:
    task = cloud.finish()
    answer = stop(cloud, task["taskArn"], "too late")
    assert (answer["lastStatus"], answer["version"]) == ("STOPPED", task["version"])
    assert answer["stopCode"] == "EssentialContainerExited"


def test_stopping_an_unknown_task_is_refused(cloud: Any) -> None:
    with pytest.raises(ClientError, match=r"InvalidParameterException.*The referenced task was not found\."):
        stop(cloud, "0" * 32)


def test_a_task_that_is_stopped_by_call_loses_its_tags_and_one_that_ends_keeps_them(cloud: Any) -> None:
    tags = [{"key": "team", "value": "data"}]
    stopped, ended = cloud.run(OBEYS, tags=tags), cloud.run(tags=tags)
    cloud.await_status(stopped, "RUNNING")
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=stopped)
    for arn, left in ((stopped, []), (ended, tags)):
        cloud.await_status(arn, "STOPPED")
        assert cloud.describe(arn, include=["TAGS"])["tags"] == left
