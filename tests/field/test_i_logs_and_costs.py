"""Rows I1 to I4 of the problems from the field: no log, a log that says little, no dashboard, a bill too high."""

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from executor import prices
from executor.adapters.ecs_launcher import view
from executor.cli.errors import CommandError
from executor.cli.log_streams import LogSettings, new_lines, streams_of_job
from executor.core.price import Rate, cost_usd
from tests.field.asking import doctor, said
from tests.field.deployed import REGION, Deployed, explained, verdict
from tests.jobs import job
from tests.unit.infra.template import GIVEN, made, raw

GROUP = "/reporting/prod/jobs"
JOB = "SALES_REPORT_2026-03-01_0a1b2c3d4e5f"


@pytest.mark.parametrize("task", ["RunnerTask", "DocumentsTask", "ExecutorTask"])
def test_I1_the_stack_makes_each_log_group_before_a_task_can_want_it(task: str) -> None:
    resources = made(raw(), **GIVEN)
    groups = {
        one["Properties"]["LogGroupName"]: one["Properties"]
        for one in resources.values()
        if one["Type"] == "AWS::Logs::LogGroup"
    }
    (box,) = resources[task]["Properties"]["ContainerDefinitions"]
    group = groups[box["LogConfiguration"]["Options"]["awslogs-group"]]
    assert (group["LogGroupClass"], group["RetentionInDays"]) == ("STANDARD", 30)


def test_I1_the_stacks_log_is_in_order(prod: Deployed) -> None:
    found = doctor("log_group", "log_options")
    assert {name: one["state"] for name, one in found.items()} == {"log_group": "well", "log_options": "well"}, found


def without_configuration(container: dict[str, Any]) -> None:
    del container["logConfiguration"]


def option(name: str, value: str) -> Callable[[dict[str, Any]], None]:
    return lambda container: container["logConfiguration"]["options"].update({name: value})


@pytest.mark.parametrize(
    ("change", "check", "says"),
    [
        (without_configuration, "log_group", "keeps no log"),
        (option("awslogs-group", "/nobody/made/this"), "log_group", "log group /nobody/made/this is not there"),
        (option("awslogs-region", "us-east-1"), "log_options", f"logs into us-east-1, tasks run in {REGION}"),
        pytest.param(
            option("awslogs-create-group", "true"),
            "log_options",
            "makes its log group itself",
            marks=pytest.mark.thorough,
        ),
        pytest.param(
            option("mode", "none"), "log_options", "mode none is none of the log driver's", marks=pytest.mark.thorough
        ),
        pytest.param(
            option("awslogs-stream-prefx", "x"),
            "log_options",
            "the awslogs driver knows no option awslogs-stream-prefx",
            marks=pytest.mark.thorough,
        ),
    ],
)
def test_I1_a_log_configuration_that_keeps_no_log_is_found(
    prod: Deployed, monkeypatch: pytest.MonkeyPatch, change: Callable[[dict[str, Any]], None], check: str, says: str
) -> None:
    monkeypatch.setenv("REPORTING_TASK_DEFINITION", prod.registered(lambda _, container: change(container)))
    found = doctor(check)[check]
    assert found["state"] in {"failed", "warned"}
    assert says in said(found)


def test_I1_a_log_group_that_keeps_everything_for_ever_is_found_with_the_command_that_ends_it(prod: Deployed) -> None:
    logs = prod.client("logs")
    logs.delete_retention_policy(logGroupName=GROUP)
    found = doctor("log_group")["log_group"]
    logs.put_retention_policy(logGroupName=GROUP, retentionInDays=30)
    assert found["state"] == "warned"
    assert f"aws logs put-retention-policy --log-group-name {GROUP}" in said(found)


def test_I1_a_start_without_its_log_group_says_so_and_what_to_make(prod: Deployed) -> None:
    change = option("awslogs-group", "/nobody/made/this")
    task = prod.run(prod.registered(lambda _, container: change(container)))
    report, row = explained(task), verdict(task)
    assert (report["cause_id"], report["certainty"], row.cause_id) == (
        "log_group_missing",
        "certain",
        "log_group_missing",
    )
    assert "The specified log group does not exist" in row.diagnosis
    assert row.remedy == report["remedy"] == "Create it; its name must be that of REPORTING_LOG_GROUP."


def test_I2_every_line_of_every_attempt_is_found_though_ecs_knows_none_of_the_tasks(deployed: Deployed) -> None:
    logs, now = deployed.client("logs"), datetime.now(UTC)  # noqa: TID251 - CloudWatch Logs takes no line of other days
    told = {
        "report/report/first": [json.dumps({"job_id": JOB, "attempt": 1, "action": "query", "rows": 3}), "Killed"],
        "report/report/second": [json.dumps({"job_id": JOB, "attempt": 2, "action": "upload", "duration_s": 0.5})],
        "report/report/another": [json.dumps({"job_id": "another", "attempt": 1, "action": "query"})],
    }
    for number, (stream, lines) in enumerate(told.items()):
        logs.create_log_stream(logGroupName=GROUP, logStreamName=stream)
        at = int((now + timedelta(seconds=number)).timestamp() * 1000)
        events = [{"timestamp": at, "message": line} for line in lines]
        logs.put_log_events(logGroupName=GROUP, logStreamName=stream, logEvents=events)
    settings = LogSettings(log_group=GROUP)
    streams = streams_of_job(logs, settings, JOB, now - timedelta(minutes=1))
    assert streams == ["report/report/first", "report/report/second"]
    found = [line for stream in streams for line in new_lines(logs, GROUP, stream, None)[0]]
    assert found == [*told["report/report/first"], *told["report/report/second"]]
    assert streams_of_job(logs, settings, "nobody", now) == []
    with pytest.raises(CommandError, match="log group /none cannot be searched: The specified log group"):
        streams_of_job(logs, LogSettings(log_group="/none"), JOB, now)


def test_I3_the_stack_has_its_alarms_somebody_who_hears_them_and_a_dashboard(prod: Deployed) -> None:
    found = doctor("watching")["watching"]
    assert found["state"] == "well", found


def test_I3_an_alarm_or_a_dashboard_that_is_gone_is_found_by_its_name(prod: Deployed) -> None:
    watch, prefix = prod.client("cloudwatch"), "reporting-prod-"
    board = watch.get_dashboard(DashboardName=f"{prefix}{REGION}")["DashboardBody"]
    (alarm,) = watch.describe_alarms(AlarmNames=[f"{prefix}queue-is-old"])["MetricAlarms"]
    watch.delete_alarms(AlarmNames=[f"{prefix}queue-is-old"])
    watch.delete_dashboards(DashboardNames=[f"{prefix}{REGION}"])
    found = doctor("watching")["watching"]
    watch.put_dashboard(DashboardName=f"{prefix}{REGION}", DashboardBody=board)
    taken = ("AlarmName", "AlarmActions", "MetricName", "Namespace", "Statistic", "Period", "EvaluationPeriods",
             "Threshold", "ComparisonOperator")  # fmt: skip
    watch.put_metric_alarm(**{key: alarm[key] for key in taken})
    assert found["state"] == "warned"
    assert f"no alarm {prefix}queue-is-old" in said(found)
    assert f"no dashboard {prefix}{REGION}" in said(found)


def test_I3_an_alarm_that_rings_is_told_with_its_reason(prod: Deployed) -> None:
    watch, name = prod.client("cloudwatch"), "reporting-prod-hints-die"
    watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="3 hints are dead")
    found = doctor("watching")["watching"]
    watch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")
    assert f"alarm {name} rings: 3 hints are dead" in said(found)


def test_I4_while_idle_a_quarter_of_a_vcpu_runs_and_reports_take_spot_first() -> None:
    resources, parameters = made(raw(), **GIVEN), raw()["Parameters"]
    assert resources["ExecutorTask"]["Properties"]["Cpu"] == "256"
    assert (parameters["ExecutorCount"]["MinValue"], parameters["Capacity"]["Default"]) == (0, "spot-first")


def test_I4_nothing_is_left_over_after_the_stack_and_its_own_tasks(prod: Deployed) -> None:
    found = doctor("leftovers")["leftovers"]
    assert found["state"] == "well", found


def test_I4_a_task_of_nobodys_a_gateway_without_a_route_and_an_endless_log_are_found(prod: Deployed) -> None:
    ecs, ec2, logs = prod.ecs, prod.client("ec2"), prod.client("logs")
    cluster, address = prod.outputs["Cluster"], ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateway = ec2.create_nat_gateway(SubnetId=prod.subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    logs.create_log_group(logGroupName="/reporting/prod/old")
    where = {"awsvpcConfiguration": {"subnets": prod.subnets}}
    prod.stands_for("stays:1", [sys.executable, "-I", "-c", "import time; time.sleep(60)"])
    own = prod.registered(lambda _, container: container.update(image="stays:1"))
    (task,) = ecs.run_task(cluster=cluster, taskDefinition=own, networkConfiguration=where)["tasks"]
    found = doctor("leftovers")["leftovers"]
    ecs.stop_task(cluster=cluster, task=task["taskArn"])
    ec2.delete_nat_gateway(NatGatewayId=gateway)
    logs.delete_log_group(logGroupName="/reporting/prod/old")
    assert found["state"] == "warned"
    assert f"task {task['taskArn'].rsplit('/', 1)[-1]} runs" in said(found)
    assert f"aws ecs stop-task --cluster {cluster} --task {task['taskArn']}" in said(found)
    assert f"NAT gateway {gateway} costs by the hour, and no route leads to it" in said(found)
    assert "log group /reporting/prod/old keeps everything for ever" in said(found)


def test_I4_what_a_task_cost_stands_on_its_job(prod: Deployed) -> None:
    task = prod.run(prod.outputs["RunnerTaskDefinition"])
    own = {"FARGATE/x86_64": Rate(vcpu_hour_usd=0.04, gb_hour_usd=0.004)}  # as REPORTING_PRICES has them
    a_minute = (0.5 * 0.04 + 1.0 * 0.004) / 60
    told = cost_usd(job(cpu=512, memory_mb=1024), view(task), prices.load().with_own(own))
    assert told == pytest.approx(a_minute, abs=1e-6)
