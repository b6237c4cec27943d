"""A task is a process: it starts, logs, ends, and ECS tells of it as of a Fargate task."""

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from local_cloud.aws.process import LocalAwsProcess


@pytest.fixture(scope="module")
def slow(cloud: Any, images_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A cloud in which a task takes its time to start."""
    with LocalAwsProcess(tmp_path_factory.mktemp("slow"), images_file, start_delay_s=1.5) as server:
        yield cloud.elsewhere(server.endpoint)


def test_a_task_that_ends_well_is_told_as_fargate_tells_it(cloud: Any) -> None:
    task = cloud.finish("print('hello')")
    assert (task["lastStatus"], task["desiredStatus"]) == ("STOPPED", "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert (task["cpu"], task["memory"], task["platformVersion"]) == ("256", "512", "1.4.0")
    (container,) = task["containers"]
    assert (container["name"], container["lastStatus"], container["exitCode"]) == ("report", "STOPPED", 0)
    assert container["taskArn"] == task["taskArn"]
    assert cloud.lines(task["taskArn"]) == ["hello"]


def test_a_task_is_told_at_full_size(cloud: Any) -> None:
    task = cloud.finish()
    (container,), (attachment,) = task["containers"], task["attachments"]
    details = {detail["name"]: detail["value"] for detail in attachment["details"]}
    (interface,) = container["networkInterfaces"]
    assert set(details) == {
        "subnetId", "networkInterfaceId", "macAddress", "privateDnsName", "privateIPv4Address",
    }  # fmt: skip
    assert interface == {"attachmentId": attachment["id"], "privateIpv4Address": details["privateIPv4Address"]}
    assert container["runtimeId"].startswith(task["taskArn"].rsplit("/", 1)[-1])
    assert container["imageDigest"].startswith("sha256:")
    assert len(container["imageDigest"]) == len("sha256:") + 64
    assert {"availabilityZone", "ephemeralStorage", "attributes", "healthStatus", "overrides", "group"} <= set(task)


def test_the_moments_of_a_life_come_in_order(cloud: Any) -> None:
    task = cloud.finish()
    order = [
        "createdAt",
        "connectivityAt",
        "pullStartedAt",
        "pullStoppedAt",
        "startedAt",
        "stoppingAt",
        "executionStoppedAt",
        "stoppedAt",
    ]
    moments: list[datetime] = [task[name] for name in order]
    assert moments == sorted(moments)


def test_a_running_task_has_no_exit_code_and_its_version_grows(cloud: Any) -> None:
    arn = cloud.run("import time; time.sleep(60)")
    running = cloud.await_status(arn, "RUNNING")
    assert "exitCode" not in running["containers"][0]
    assert "stopCode" not in running
    assert running["containers"][0]["lastStatus"] == "RUNNING"
    details = {item["name"]: item["value"] for item in running["attachments"][0]["details"]}
    assert details["subnetId"] == cloud.stack.subnets[0]
    assert running["attachments"][0]["status"] == "ATTACHED"
    interface = running["containers"][0]["networkInterfaces"][0]
    assert interface["privateIpv4Address"] == details["privateIPv4Address"]
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn)
    assert cloud.await_status(arn, "STOPPED")["version"] > running["version"]


@pytest.mark.parametrize(
    ("code", "exit_code"),
    [
        ("raise SystemExit(10)", 10),
        ("import os; os.kill(os.getpid(), 9)", 137),
        ("import os; os.kill(os.getpid(), 15)", 143),
        ("import os; os.kill(os.getpid(), 11)", 139),
    ],
)
def test_an_exit_code_is_the_programs_own_or_128_plus_its_signal(cloud: Any, code: str, exit_code: int) -> None:
    assert cloud.finish(code)["containers"][0]["exitCode"] == exit_code


def test_before_running_a_task_passes_through_fargates_states(slow: Any) -> None:
    arn = slow.run()
    seen = [slow.await_status(arn, state)["lastStatus"] for state in ("PROVISIONING", "PENDING", "ACTIVATING")]
    assert seen == ["PROVISIONING", "PENDING", "ACTIVATING"]
    assert "startedAt" not in slow.describe(arn)
    assert slow.await_status(arn, "STOPPED")["containers"][0]["exitCode"] == 0


def test_a_task_stopped_before_it_runs_has_no_start_and_no_exit_code(slow: Any) -> None:
    arn = slow.run()
    slow.ecs.stop_task(cluster=slow.stack.cluster, task=arn, reason="changed my mind")
    task = slow.await_status(arn, "STOPPED")
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "changed my mind")
    assert "startedAt" not in task
    assert "exitCode" not in task["containers"][0]


def test_a_container_that_is_not_essential_may_end_without_the_task(cloud: Any) -> None:
    definition = cloud.register(
        {"name": "report", "command": ["-c", "import time; time.sleep(60)"]},
        {"name": "sidecar", "essential": False, "command": ["-c", "raise SystemExit(7)"]},
    )
    arn = cloud.run(taskDefinition=definition, overrides={})
    cloud.await_status(arn, "RUNNING")
    cloud.until(lambda: cloud.describe(arn)["containers"][1].get("exitCode") == 7, "the sidecar has ended")
    assert cloud.describe(arn)["lastStatus"] == "RUNNING"
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn)
    codes = [item["exitCode"] for item in cloud.await_status(arn, "STOPPED")["containers"]]
    assert codes == [143, 7]


def test_an_essential_container_takes_the_others_with_it(cloud: Any) -> None:
    definition = cloud.register(
        {"name": "report", "command": ["-c", "raise SystemExit(0)"]},
        {"name": "sidecar", "essential": False, "command": ["-c", "import time; time.sleep(60)"]},
    )
    task = cloud.finish(taskDefinition=definition, overrides={})
    assert [item["exitCode"] for item in task["containers"]] == [0, 143]
    assert task["stopCode"] == "EssentialContainerExited"


def test_a_container_finds_what_a_container_would_find_and_no_more(cloud: Any) -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    override = {"name": "report", "command": ["-c", code], "environment": [{"name": "FROM_CALL", "value": "call"}]}
    task = cloud.finish(overrides={"containerOverrides": [override]})
    environment = json.loads(cloud.lines(task["taskArn"])[0])
    assert {environment[f"FROM_{name.upper()}"] for name in ("image", "definition", "call")} == {
        "image",
        "definition",
        "call",
    }
    assert set(environment) <= {
        "AWS_ACCESS_KEY_ID",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL",
        "AWS_EXECUTION_ENV",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "ECS_CONTAINER_METADATA_URI_V4",
        "FROM_CALL",
        "FROM_DEFINITION",
        "FROM_IMAGE",
        "HOME",
        "LC_CTYPE",  # Python sets it for itself
        "PATH",
    }


def test_a_tasks_size_can_be_overridden_with_one_that_fargate_sells(cloud: Any) -> None:
    answer = cloud.launch(overrides={"cpu": "1024", "memory": "4096"})
    task = answer["tasks"][0]
    assert (task["cpu"], task["memory"]) == ("1024", "4096")


def test_the_metadata_endpoint_knows_the_task_and_its_memory(cloud: Any) -> None:
    code = """
import json, os, urllib.request
base = os.environ["ECS_CONTAINER_METADATA_URI_V4"]
for path in ("", "/task", "/stats", "/task/stats"):
    print(json.dumps(json.load(urllib.request.urlopen(base + path))))
"""
    arn = cloud.run(code)
    cloud.await_status(arn, "STOPPED")
    container, task, stats, all_stats = (json.loads(line) for line in cloud.lines(arn))
    assert (task["TaskARN"], task["Family"], task["Limits"]["Memory"]) == (arn, "reporting-job", 512)
    assert container in task["Containers"] or container["DockerId"] == task["Containers"][0]["DockerId"]
    assert container["LogOptions"]["awslogs-stream"] == f"report/report/{arn.rsplit('/', 1)[-1]}"
    assert stats["memory_stats"]["max_usage"] >= stats["memory_stats"]["usage"] > 1_000_000
    assert list(all_stats) == [container["DockerId"]]
