"""Services: their tasks are processes, checked, replaced and rolled as ECS does it, a hundred times as fast."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local_cloud.aws.process import LocalAwsProcess

STAYS = "import time; time.sleep(600)"


@pytest.fixture(scope="module")
def fast(tmp_path_factory: pytest.TempPathFactory, images_file: Path, cloud: Any) -> Iterator[Any]:
    folder = tmp_path_factory.mktemp("services")
    with LocalAwsProcess(folder, images_file, start_delay_s=0.0, time_scale=0.01) as server:
        yield cloud.elsewhere(server.endpoint)


class Run:
    """One service of one test."""

    def __init__(self, cloud: Any) -> None:
        self.cloud, self.name = cloud, f"s-{uuid.uuid4().hex[:8]}"
        self.where = {"cluster": cloud.stack.cluster, "service": self.name}

    def create(self, definition: str, **parameters: Any) -> Any:
        network = {"awsvpcConfiguration": {"subnets": list(self.cloud.stack.subnets)}}
        request = {"desiredCount": 1, "launchType": "FARGATE", "networkConfiguration": network, **parameters}
        return self.cloud.ecs.create_service(
            cluster=self.cloud.stack.cluster, serviceName=self.name, taskDefinition=definition, **request
        )["service"]

    def update(self, **parameters: Any) -> Any:
        return self.cloud.ecs.update_service(**self.where, **parameters)["service"]

    def describe(self) -> Any:
        (service,) = self.cloud.ecs.describe_services(cluster=self.where["cluster"], services=[self.name])["services"]
        return service

    def primary(self) -> Any:
        return self.describe()["deployments"][0]

    def until_rollout(self, state: str) -> Any:
        self.cloud.until(lambda: self.primary()["rolloutState"] == state, f"{self.name} is {state}")
        return self.describe()

    def tasks(self, status: str = "RUNNING") -> list[str]:
        answer = self.cloud.ecs.list_tasks(cluster=self.where["cluster"], serviceName=self.name, desiredStatus=status)
        arns: list[str] = answer["taskArns"]
        return arns

    def said(self, words: str) -> bool:
        return any(words in event["message"] for event in self.describe()["events"])

    def until_said(self, words: str) -> None:
        self.cloud.until(lambda: self.said(words), f"an event of {self.name} says {words!r}")


@pytest.fixture
def run(fast: Any) -> Iterator[Run]:
    service = Run(fast)
    yield service
    fast.order(method="DELETE")
    fast.ecs.delete_service(**service.where, force=True)
    fast.until(lambda: service.describe()["status"] == "INACTIVE", f"{service.name} is INACTIVE")


def checked(cloud: Any, check: list[str], code: str = STAYS, **of_check: Any) -> str:
    health = {"command": check, "interval": 5, "timeout": 5, "retries": 2, **of_check}
    return str(cloud.register({"name": "report", "command": ["-c", code], "healthCheck": health, "stopTimeout": 2}))


def test_a_service_runs_its_tasks_until_it_is_steady(fast: Any, run: Run) -> None:
    created = run.create(checked(fast, ["CMD", "true"]), desiredCount=2)
    assert (created["status"], created["deployments"][0]["rolloutState"]) == ("ACTIVE", "IN_PROGRESS")
    run.until_said("has reached a steady state.")
    service = run.describe()
    deployment = service["deployments"][0]
    assert (service["runningCount"], service["pendingCount"], service["desiredCount"]) == (2, 0, 2)
    assert (deployment["status"], deployment["rolloutState"], deployment["failedTasks"]) == ("PRIMARY", "COMPLETED", 0)
    assert service["serviceArn"].endswith(f":service/{fast.stack.cluster}/{run.name}")
    task = fast.describe(run.tasks()[0])
    assert (task["group"], task["startedBy"]) == (f"service:{run.name}", deployment["id"])
    assert (task["healthStatus"], task["containers"][0]["healthStatus"]) == ("HEALTHY", "HEALTHY")
    assert service["serviceArn"] in fast.ecs.list_services(cluster=fast.stack.cluster)["serviceArns"]


def test_a_task_without_a_check_counts_as_healthy_after_its_time(fast: Any, run: Run) -> None:
    run.create(fast.register({"name": "report", "command": ["-c", STAYS]}))
    assert run.until_rollout("COMPLETED")["runningCount"] == 1
    assert fast.describe(run.tasks()[0])["healthStatus"] == "UNKNOWN"


def test_a_task_that_ends_or_is_stopped_is_replaced(fast: Any, run: Run) -> None:
    run.create(checked(fast, ["CMD", "true"]))
    run.until_rollout("COMPLETED")
    (first,) = run.tasks()
    fast.ecs.stop_task(cluster=fast.stack.cluster, task=first)
    fast.until(lambda: [arn for arn in run.tasks() if arn != first], "another task runs")
    assert run.primary()["failedTasks"] == 0


def test_a_service_that_never_gets_healthy_goes_2_4_2_4(fast: Any, run: Run, is_explained: Any) -> None:
    run.create(checked(fast, ["CMD-SHELL", "wget2 -qO- http://localhost/ | grep runner || exit 1"]), desiredCount=2)
    seen = [0]

    def cycled() -> bool:
        running = len(run.tasks())
        assert running <= 4
        if running in {2, 4} and running != seen[-1]:
            seen.append(running)
        return len(seen) > 5

    fast.until(cycled, f"{run.name} goes 2, 4, 2, 4")
    assert run.primary()["rolloutState"] == "IN_PROGRESS"
    assert run.said("failed container health checks.")
    task = fast.await_status(run.tasks("STOPPED")[0], "STOPPED")
    assert (task["stopCode"], task["containers"][0]["exitCode"]) == ("ServiceSchedulerInitiated", 143)
    assert task["stoppedReason"] == "Task failed container health checks"
    is_explained(fast, run.name)


def test_the_breaker_stops_a_first_deployment_that_has_nothing_to_roll_back_to(fast: Any, run: Run) -> None:
    run.create(
        checked(fast, ["CMD", "false"]),
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    deployment = run.until_rollout("FAILED")["deployments"][0]
    assert deployment["rolloutStateReason"] == "ECS deployment circuit breaker: tasks failed to start."
    assert deployment["failedTasks"] >= 3
    run.until_said(f"(deployment {deployment['id']}) deployment failed: tasks failed to start.")


def test_the_breaker_rolls_a_bad_definition_back(fast: Any, run: Run) -> None:
    breaker = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    good = run.create(checked(fast, ["CMD", "true"]), deploymentConfiguration=breaker)["deployments"][0]
    run.until_rollout("COMPLETED")
    (first,) = run.tasks()
    bad = run.update(taskDefinition=checked(fast, ["CMD", "false"]))["deployments"][0]
    run.until_said(f"rolling back to deployment {good['id']}.")
    service = run.until_rollout("COMPLETED")
    assert [item["id"] for item in service["deployments"]] == [good["id"]]
    assert service["taskDefinition"] == good["taskDefinition"]
    assert bad["taskDefinition"] != good["taskDefinition"]
    assert first in run.tasks()


def test_an_update_rolls_to_the_new_definition_and_keeps_the_healthy_count(fast: Any, run: Run) -> None:
    run.create(checked(fast, ["CMD", "true"]), desiredCount=2)
    run.until_rollout("COMPLETED")
    old = set(run.tasks())
    service = run.update(taskDefinition=checked(fast, ["CMD", "true"]))
    assert [item["status"] for item in service["deployments"]] == ["PRIMARY", "ACTIVE"]
    least = 2

    def rolled() -> bool:
        nonlocal least
        least = min(least, len(run.tasks()))
        return str(run.primary()["rolloutState"]) == "COMPLETED"

    fast.until(rolled, "the new definition runs")
    assert least == 2
    assert not old & set(run.tasks())
    task = fast.await_status(min(old), "STOPPED")
    assert task["stoppedReason"] == f"Scaling activity initiated by (deployment {run.primary()['id']})"


def test_percentages_that_leave_no_room_block_a_deployment_and_say_so(fast: Any, run: Run) -> None:
    fixed = {"minimumHealthyPercent": 100, "maximumPercent": 100}
    run.create(checked(fast, ["CMD", "true"]), deploymentConfiguration=fixed)
    run.until_rollout("COMPLETED")
    run.update(forceNewDeployment=True)
    run.until_said("was unable to stop or start tasks during a deployment because of the service deployment")
    assert run.primary()["rolloutState"] == "IN_PROGRESS"


def test_the_desired_count_is_followed_up_and_down(fast: Any, run: Run) -> None:
    run.create(checked(fast, ["CMD", "true"]))
    run.until_rollout("COMPLETED")
    run.update(desiredCount=3)
    fast.until(lambda: run.describe()["runningCount"] == 3, "three run")
    run.update(desiredCount=0)
    fast.until(lambda: not run.tasks(), "none runs")


def test_what_cannot_start_is_named_and_tried_again_ever_more_slowly(fast: Any, run: Run) -> None:
    run.create(fast.register({"name": "report", "image": "nobody/nothing:1"}))
    run.until_said("was unable to place a task. Reason: CannotPullContainerError")
    run.until_said("is unable to consistently start tasks successfully.")
    assert run.primary()["failedTasks"] >= 3


def test_a_check_runs_in_the_environment_of_its_container_and_follows_what_it_finds(fast: Any, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    environment = [{"name": "MARK", "value": str(mark)}]
    health = {"command": ["CMD-SHELL", 'test -e "$MARK"'], "interval": 5, "retries": 2}
    container = {"name": "report", "command": ["-c", STAYS], "environment": environment, "healthCheck": health}
    mark.touch()
    arn = fast.run(taskDefinition=fast.register({**container, "stopTimeout": 2}), overrides={})
    fast.until(lambda: fast.describe(arn)["healthStatus"] == "HEALTHY", "the task is HEALTHY")
    mark.unlink()
    fast.until(lambda: fast.describe(arn)["healthStatus"] == "UNHEALTHY", "the task is UNHEALTHY")
    mark.touch()
    fast.until(lambda: fast.describe(arn)["healthStatus"] == "HEALTHY", "the task is HEALTHY again")
    fast.ecs.stop_task(cluster=fast.stack.cluster, task=arn)


def test_a_task_of_no_service_shows_its_health_and_runs_on(fast: Any) -> None:
    arn = fast.run(taskDefinition=checked(fast, ["CMD", "false"]), overrides={})
    fast.until(lambda: fast.describe(arn)["healthStatus"] == "UNHEALTHY", "the task is UNHEALTHY")
    assert fast.describe(arn)["lastStatus"] == "RUNNING"
    fast.ecs.stop_task(cluster=fast.stack.cluster, task=arn)


def test_refusals_have_the_codes_of_ecs(fast: Any, run: Run) -> None:
    definition, errors = checked(fast, ["CMD", "true"]), fast.ecs.exceptions
    where = {"cluster": fast.stack.cluster, "service": "nobody"}
    with pytest.raises(errors.ServiceNotFoundException):
        fast.ecs.update_service(**where, desiredCount=1)
    run.create(definition)
    with pytest.raises(errors.InvalidParameterException, match="was not idempotent"):
        run.create(definition)
    with pytest.raises(errors.InvalidParameterException, match="while it is scaled above 0"):
        fast.ecs.delete_service(**run.where)
    missing = fast.ecs.describe_services(cluster=fast.stack.cluster, services=["nobody"])["failures"]
    assert [item["reason"] for item in missing] == ["MISSING"]


def test_what_is_not_done_here_is_refused_by_name(fast: Any) -> None:
    refused, named = fast.ecs.exceptions.InvalidParameterException, "healthCheckGracePeriodSeconds, schedulingStrategy"
    with pytest.raises(refused, match=f"not supported by the local cloud: {named}"):
        Run(fast).create("f:1", healthCheckGracePeriodSeconds=5, schedulingStrategy="DAEMON")
