"""Trouble with tasks, ordered over HTTP, as a user of boto3 meets it."""

from typing import Any

import pytest

STAYS = "print('up', flush=True); import time; time.sleep(60)"


def ordered(cloud: Any, kind: str, **more: Any) -> str:
    """A task that stays until it is struck; other tasks are left alone."""
    marker = f"struck-{kind}"
    cloud.order({"op": "task", "kind": kind, "match": marker, **more})
    return str(cloud.run(STAYS, startedBy=marker))


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("pull", "CannotPullContainerError: pull image manifest has been retried 5 time(s)"),
        ("secrets", "ResourceInitializationError: unable to pull secrets or registry auth"),
        ("eni", "Timeout waiting for network interface provisioning to complete."),
    ],
)
def test_a_start_that_fails_is_told_in_the_words_of_ecs(trouble: Any, kind: str, reason: str) -> None:
    task = trouble.await_status(ordered(trouble, kind), "STOPPED")
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith(reason)
    assert "startedAt" not in task
    assert all("exitCode" not in container for container in task["containers"])


def test_any_text_of_the_field_can_be_ordered(trouble: Any) -> None:
    texts = {
        "pull": "CannotPullContainerError: toomanyrequests: Rate exceeded",
        "secrets": "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval",
        "eni": "Unexpected EC2 error while attempting to Create Network Interface with public IP assignment enabled",
    }
    arns = {kind: ordered(trouble, kind, text=text) for kind, text in texts.items()}
    assert {kind: trouble.await_status(arn, "STOPPED")["stoppedReason"] for kind, arn in arns.items()} == texts


@pytest.mark.parametrize(
    ("kind", "stop_code", "exit_code"),
    [("spot", "SpotInterruption", 143), ("oom", "EssentialContainerExited", 137)],
)
def test_a_task_that_runs_already_can_be_struck(trouble: Any, kind: str, stop_code: str, exit_code: int) -> None:
    arn, spared = trouble.run(STAYS, startedBy=f"runs-{kind}"), trouble.run(STAYS, startedBy="spared")
    for each in (arn, spared):
        trouble.await_line(each, "up")
    assert trouble.order({"op": "task", "kind": kind, "match": f"runs-{kind}", "running": True}) == []
    task = trouble.await_status(arn, "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == (stop_code, exit_code)
    assert trouble.describe(spared)["desiredStatus"] == "RUNNING"
    trouble.ecs.stop_task(cluster=trouble.stack.cluster, task=spared)


def test_a_task_that_runs_already_can_vanish_and_what_is_left_waits_for_the_next(trouble: Any) -> None:
    arn = trouble.run(STAYS, startedBy="runs-vanish")
    trouble.await_status(arn, "RUNNING")
    order = {"op": "task", "kind": "vanish", "match": "runs-vanish", "running": True, "times": 2}
    assert [fault["times"] for fault in trouble.order(order)] == [1]
    answer = trouble.ecs.describe_tasks(cluster=trouble.stack.cluster, tasks=[arn])
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"}]
    trouble.run(STAYS, startedBy="runs-vanish")
    assert trouble.order(method="GET") == []


def test_an_order_for_tasks_to_come_spares_those_that_run(trouble: Any) -> None:
    arn = trouble.run(STAYS, startedBy="not-yet")
    trouble.await_status(arn, "RUNNING")
    assert len(trouble.order({"op": "task", "kind": "oom", "match": "not-yet"})) == 1
    assert trouble.describe(arn)["lastStatus"] == "RUNNING"
    trouble.ecs.stop_task(cluster=trouble.stack.cluster, task=arn)


def test_a_task_out_of_memory_is_killed_and_its_container_says_so(trouble: Any) -> None:
    task = trouble.await_status(ordered(trouble, "oom", after_s=0.2), "STOPPED")
    (container,) = task["containers"]
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert (container["exitCode"], container["reason"]) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )


def test_a_spot_interruption_is_a_sigterm_with_its_own_stop_code(trouble: Any) -> None:
    task = trouble.await_status(ordered(trouble, "spot", after_s=0.2), "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("SpotInterruption", "Your Spot Task was interrupted.")
    assert task["containers"][0]["exitCode"] == 143


def test_a_task_ends_with_the_exit_code_that_was_ordered_and_without_its_program(trouble: Any) -> None:
    task = trouble.await_status(ordered(trouble, "exit", code=13), "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("EssentialContainerExited", 13)
    assert trouble.lines(task["taskArn"]) == []


def test_a_vanished_task_is_missing_and_in_no_list(trouble: Any) -> None:
    arn = ordered(trouble, "vanish", after_s=0.2)
    cluster = trouble.stack.cluster

    def failures() -> Any:
        return trouble.ecs.describe_tasks(cluster=cluster, tasks=[arn])["failures"]

    assert trouble.until(failures, f"{arn} is missing") == [{"arn": arn, "reason": "MISSING"}]
    for status in ("RUNNING", "STOPPED"):
        assert arn not in trouble.ecs.list_tasks(cluster=cluster, desiredStatus=status)["taskArns"]
    with pytest.raises(trouble.ecs.exceptions.InvalidParameterException, match="was not found"):
        trouble.ecs.stop_task(cluster=cluster, task=arn)


def stays(cloud: Any, **parameters: Any) -> str:
    return str(cloud.register({"name": "report", "stopTimeout": 2}, **parameters))


@pytest.mark.parametrize("kind", ["hang", "ignores_sigterm"])
def test_a_task_that_does_not_hear_is_killed_after_its_stop_timeout(trouble: Any, kind: str) -> None:
    trouble.order({"op": "task", "kind": kind, "match": f"deaf-{kind}"})
    arn = trouble.run(STAYS, taskDefinition=stays(trouble), startedBy=f"deaf-{kind}")
    trouble.await_status(arn, "RUNNING")
    trouble.ecs.stop_task(cluster=trouble.stack.cluster, task=arn, reason="enough")
    task = trouble.await_status(arn, "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("UserInitiated", 137)
    assert (task["stoppedAt"] - task["stoppingAt"]).total_seconds() >= 1.9


def test_a_hanging_task_says_nothing_more_and_runs_on(trouble: Any) -> None:
    trouble.order({"op": "task", "kind": "hang", "after_s": 1.0, "match": "hangs"})
    says = "import time\nfor n in range(6000):\n    print(n, flush=True)\n    time.sleep(0.01)"
    arn = trouble.run(says, taskDefinition=stays(trouble), startedBy="hangs")
    trouble.await_line(arn, "0")
    seen: list[int] = []

    def silent() -> bool:
        seen.append(len(trouble.lines(arn)))
        return len(seen) > 30 and seen[-1] == seen[-30]

    trouble.until(silent, "the program has fallen silent")
    assert trouble.describe(arn)["lastStatus"] == "RUNNING"
    assert seen[-1] < 6000
    trouble.ecs.stop_task(cluster=trouble.stack.cluster, task=arn)


def test_a_slow_start_takes_the_seconds_that_were_ordered(trouble: Any) -> None:
    task = trouble.await_status(ordered(trouble, "slow_start", seconds=0.7), "RUNNING")
    assert (task["startedAt"] - task["createdAt"]).total_seconds() >= 0.7
    trouble.ecs.stop_task(cluster=trouble.stack.cluster, task=task["taskArn"])
