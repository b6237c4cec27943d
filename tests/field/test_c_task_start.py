"""Rows C1 to C3 of the problems from the field: the task does not start, its health check fails, its subnet is gone."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from pydantic import ValidationError

from contract.resources import Resources
from executor import causes
from executor.core.launch_answers import Errored, Refused, refusal_verdict, understood
from tests.field import always_on
from tests.field.asking import doctor, said
from tests.field.deployed import REGION, REGISTRY, Deployed, bundle_explained, explained, verdict
from tests.unit.infra.template import GIVEN, made, raw

GONE = f"{REGISTRY}/reporting-prod/runner:gone"
NOWHERE = "subnet-0d62741a9b460cc61"
Change = Callable[[dict[str, Any], dict[str, Any]], object]


def image_is_gone(_: dict[str, Any], container: dict[str, Any]) -> None:
    container["image"] = GONE


def secret_is_gone(_: dict[str, Any], container: dict[str, Any]) -> None:
    container["secrets"] = [{"name": "TOKEN", "valueFrom": "/nobody/made/this"}]


def group_is_gone(_: dict[str, Any], container: dict[str, Any]) -> None:
    container["logConfiguration"]["options"]["awslogs-group"] = "/nobody/made/this"


@pytest.mark.parametrize(("cpu", "memory_mb"), [(768, 1024), (256, 4096), (1024, 1024)])
def test_C1_a_size_that_fargate_does_not_have_cannot_be_asked_for(cpu: int, memory_mb: int) -> None:
    with pytest.raises(ValidationError, match=r"Fargate size|does not go with cpu"):
        Resources(cpu=cpu, memory_mb=memory_mb)


def test_C1_the_stack_has_valid_sizes_and_every_part_of_its_task_definitions_is_there(prod: Deployed) -> None:
    parts = ("task_definition", "task_size", "image", "secrets", "log_group", "log_options", "execution_role")
    found = doctor(*parts)
    assert {name: one["state"] for name, one in found.items()} == dict.fromkeys(parts, "well"), found


@pytest.mark.parametrize(
    ("change", "check", "says", "cause"),
    [
        (image_is_gone, "image", "image reporting-prod/runner:gone: ImageNotFoundException", "image_not_found"),
        (secret_is_gone, "secrets", f"no parameter /nobody/made/this in {REGION}", "ssm_parameter_missing"),
        (group_is_gone, "log_group", "log group /nobody/made/this is not there", "log_group_missing"),
    ],
)
def test_C1_what_a_start_lacks_is_found_before_it_and_named_precisely_after_it(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch, change: Change, check: str, says: str, cause: str
) -> None:
    name = prod.registered(change)
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", name)
    found = doctor(check)[check]
    assert found["state"] == "failed"
    assert says in said(found)
    task = prod.run(name)
    report, row = explained(task), verdict(task)
    assert (report["theory"], report["cause_id"], report["certainty"]) == ("start", cause, "certain")
    assert (row.cause_id, row.start_up, row.remedy) == (cause, True, report["remedy"])
    assert "1 of 1 tasks never started" in report["theories"][0]["evidence"][0]


def test_C1_a_size_below_what_its_container_wants_is_found(prod: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    name = prod.registered(lambda _, container: container.update(memory=1024))
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", name)
    found = doctor("task_size")["task_size"]
    assert found["state"] == "warned"
    assert "its containers want 1024 MiB by memory of their own, so reports below that are refused" in said(found)


def test_C1_a_launch_of_a_size_that_fargate_does_not_have_says_so(prod: Deployed) -> None:
    row = refused(prod, overrides={"cpu": "256", "memory": "4096"})
    assert row.cause_id == "bad_cpu_memory_pair"
    assert "No Fargate configuration exists for given values: 256 CPU, 4096 memory" in row.diagnosis


def refused(prod: Deployed, **more: Any) -> Any:
    """What stands on the row of a job whose launch ECS refuses."""
    with pytest.raises(ClientError) as caught:
        prod.run(prod.outputs["RunnerTaskDefinition"], **more)
    error = caught.value.response["Error"]
    answer = understood(Errored(error["Code"], error["Message"], 400), causes.load())
    assert isinstance(answer, Refused)
    return refusal_verdict(answer, causes.load())


def test_C2_a_report_has_no_health_check_and_the_executor_has_one_that_needs_no_shell() -> None:
    resources = made(raw(), **GIVEN)
    checks = {
        name: resources[name]["Properties"]["ContainerDefinitions"][0].get("HealthCheck", {}).get("Command")
        for name in ("RunnerTask", "DocumentsTask", "ExecutorTask")
    }
    own = ["CMD", "python", "-m", "executor.health", "/tmp/heartbeat"]
    assert checks == {"RunnerTask": None, "DocumentsTask": None, "ExecutorTask": own}


def test_C2_a_health_check_of_a_report_is_judged(prod: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    check = {"command": ["CMD-SHELL", "ps aux | grep report.py || exit 1"], "interval": 30}
    name = prod.registered(lambda _, container: container.update(healthCheck=check))
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", name)
    found = doctor("task_definition")["task_definition"]
    assert found["state"] == "warned"
    assert "the check needs `ps`, which slim, distroless and most purpose-made images leave out" in said(found)
    assert "looking for `report.py`, the check finds its own process and passes without the service" in said(found)
    assert "Leave the health check of a report out" in said(found)


def test_C2_a_service_whose_check_fails_is_explained_with_check_image_and_numbers(tmp_path: Path) -> None:
    report = bundle_explained(always_on.save(tmp_path, dockerfiles=True), "consumer")
    assert (report["cause_id"], report["certainty"]) == ("container_health_failed", "certain")
    assert "`ps` is not in `python:3.11-slim`" in " ".join(report["theories"][0]["evidence"])
    assert any("10 tasks were ended for failed health checks" in line for line in report["seen"])


def test_C3_the_subnets_of_tasks_are_those_of_the_stack() -> None:
    box = made(raw(), **GIVEN)["ExecutorTask"]["Properties"]["ContainerDefinitions"][0]
    told = {one["Name"]: one["Value"] for one in box["Environment"]}
    assert told["REPORTING_SUBNETS"] == ",".join(GIVEN["SubnetIds"])


def test_C3_a_subnet_of_another_account_or_region_is_found_with_its_id_and_the_region_that_was_asked(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPORTING_SUBNETS", NOWHERE)
    found = doctor("subnets")["subnets"]
    assert found["state"] == "failed"
    assert f"REPORTING_SUBNETS: InvalidSubnetID.NotFound: The subnet ID '{NOWHERE}' does not exist" in said(found)
    assert f"(region {REGION})" in said(found)


def test_C3_a_launch_into_it_ends_the_job_with_the_id_and_the_setting(prod: Deployed) -> None:
    row = refused(prod, networkConfiguration={"awsvpcConfiguration": {"subnets": [NOWHERE]}})
    assert (row.cause_id, row.retry_helps, row.start_up) == ("subnet_not_found", False, True)
    assert f"The subnet ID '{NOWHERE}' does not exist" in row.diagnosis
    assert "REPORTING_SUBNETS" in row.remedy
