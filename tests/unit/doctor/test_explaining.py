"""Theories against evidence: each is supported by its own and refuted by another's."""

import io
import json
import tarfile
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from doctor.evidence.reading import NoEvidenceError, read
from doctor.evidence.subjects import subject_of_task, subjects
from doctor.explain.addresses import doubts
from doctor.explain.explain import Report, explain
from doctor.explain.theory import Verdict

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ARN = "arn:aws:ecs:eu-central-1:210987654321"
CHECK = {"command": ["CMD", "python", "-c", "import os; os.stat('/tmp/alive')"], "interval": 30, "retries": 3}


def definition(**container: Any) -> dict[str, Any]:
    app = {"name": "app", "image": "python:3.11-slim", "command": ["python", "-m", "src.app"], **container}
    own = {"taskDefinitionArn": f"{ARN}:task-definition/web:3", "family": "web", "revision": 3}
    return {"taskDefinition": own | {"containerDefinitions": [app]}}


def task(
    number: int = 0, *, ran_s: float | None = 5, reason: str = "", code: int | None = 1, **more: Any
) -> dict[str, Any]:
    started = START + timedelta(seconds=200 * number)
    times = {} if ran_s is None else {"startedAt": started.isoformat()}
    ended = (started + timedelta(seconds=ran_s or 0)).isoformat()
    container = {"name": "app"} | ({} if code is None else {"exitCode": code})
    return {
        "taskArn": f"{ARN}:task/main/{number:032x}", "taskDefinitionArn": f"{ARN}:task-definition/web:3",
        "group": "service:web", "lastStatus": "STOPPED", "createdAt": started.isoformat(), "stoppingAt": ended,
        "stoppedAt": ended, "stoppedReason": reason, "containers": [container], **times, **more,
    }  # fmt: skip


def service(**more: Any) -> dict[str, Any]:
    own = {"serviceName": "web", "serviceArn": f"{ARN}:service/main/web", "desiredCount": 1, "runningCount": 0}
    return {"services": [own | {"taskDefinition": f"{ARN}:task-definition/web:3"} | more]}


def reported(folder: Path, **files: Any) -> Report:
    for name, data in files.items():
        text = data if isinstance(data, str) else json.dumps(data)
        (folder / (f"{name}.log" if isinstance(data, str) else f"{name}.json")).write_text(text)
    (subject,) = subjects(read(folder))
    return explain(subject)


def verdict(report: Report, name: str) -> Verdict:
    (found,) = [theory.verdict for theory in report.theories if theory.id == name]
    return found


HEALTH = "Task failed container health checks"
ENDED: dict[str, Any] = {"reason": "Essential container in task exited", "stopCode": "EssentialContainerExited"}
WRONG_PLATFORM = (
    "CannotPullContainerError: pull image manifest has been retried 1 time(s): image Manifest does not contain"
    " descriptor matching platform 'linux/amd64'"
)


@pytest.mark.parametrize(
    ("stopped", "theory", "cause"),
    [
        (task(ran_s=None, code=None, stopCode="TaskFailedToStart", reason=WRONG_PLATFORM), "start", "image_platform"),
        (task(code=137, reason="OutOfMemoryError: Container killed due to memory usage"), "memory", "oom"),
        (task(code=127, **ENDED), "command", ""),
        (task(code=1, **ENDED), "crash", ""),
        (task(code=0, **ENDED), "crash", ""),
        (task(code=143, reason="Task stopped by user", stopCode="UserInitiated"), "ended_from_outside", ""),
    ],
)  # fmt: skip
def test_what_stopped_a_task_supports_its_theory_first(
    tmp_path: Path, stopped: dict[str, Any], theory: str, cause: str
) -> None:
    report = reported(
        tmp_path, services=service(), definition=definition(healthCheck=CHECK), tasks={"tasks": [stopped]}
    )
    assert report.theory == theory
    assert cause in report.cause_id
    assert report.remedy
    assert verdict(report, "health_check") is Verdict.REFUTED


def test_the_log_names_the_cause_of_a_crash(tmp_path: Path) -> None:
    stopped = task(**ENDED)
    log = "2026-03-02T09:00:01Z starting\n2026-03-02T09:00:04Z ModuleNotFoundError: No module named 'requests'\n"
    report = reported(tmp_path, services=service(), definition=definition(), tasks={"tasks": [stopped]}, web=log)
    assert (report.theory, report.certainty.value) == ("crash", "certain")
    assert any("No module named 'requests'" in line for line in report.theories[0].evidence)
    assert any("No module named" in what for _, what in report.timeline)


def test_a_name_that_does_not_resolve_in_the_log_of_unhealthy_tasks_goes_before_a_truthful_check(
    tmp_path: Path,
) -> None:
    stopped = [task(n, ran_s=95, code=137, reason=HEALTH) for n in range(3)]
    log = "2026-03-02T09:00:04Z socket.gaierror: [Errno -2] Name or service not known\n"
    pair = {"name": "BROKER_URL", "value": "amqps://mq.acme.net:5671"}
    files = {"services": service(), "definition": definition(healthCheck=CHECK, environment=[pair])}
    report = reported(tmp_path, **files, tasks={"tasks": stopped}, web=log)
    assert (report.theory, report.cause_id) == ("endpoints", "name_not_resolved")
    assert verdict(report, "health_check") is Verdict.REFUTED


def test_a_start_slower_than_the_checks_patience_is_measured_from_the_log(tmp_path: Path) -> None:
    stopped = task(ran_s=95, code=137, reason=HEALTH, stopCode="ServiceSchedulerInitiated")
    log = "2026-03-02T09:00:01Z loading the model\n2026-03-02T09:01:35Z ready\n"
    files = {"services": service(), "definition": definition(healthCheck=CHECK), "tasks": {"tasks": [stopped]}}
    slow = reported(tmp_path, **files, web=log)
    assert slow.theory == "slow_start"
    assert "95 s after the task's start" in slow.theories[0].evidence[0]
    assert slow.changes[0].new == ('"startPeriod": 143',)
    (tmp_path / "web.log").write_text("2026-03-02T09:00:20Z ready\n")
    (subject,) = subjects(read(tmp_path))
    assert verdict(explain(subject), "slow_start") is Verdict.REFUTED


def test_a_task_that_was_healthy_once_refutes_check_start_and_settings(tmp_path: Path) -> None:
    well = task(ran_s=3600, code=None) | {"lastStatus": "RUNNING", "healthStatus": "HEALTHY", "stoppedAt": None}
    files = {"services": service(runningCount=1), "definition": definition(healthCheck=CHECK)}
    report = reported(tmp_path, **files, tasks={"tasks": [well]})
    assert report.well
    assert report.says == "Nothing in the evidence speaks of a failure."
    refuted = {theory.id for theory in report.theories if theory.verdict is Verdict.REFUTED}
    assert {"health_check", "crash", "configuration", "slow_start", "start"} <= refuted


def test_two_unhealthy_tasks_a_day_are_no_cycle(tmp_path: Path) -> None:
    old = [task(432 * n, ran_s=80000, code=137, reason=HEALTH) for n in range(3)]
    files = {"services": service(), "definition": definition(healthCheck=CHECK)}
    report = reported(tmp_path, **files, tasks={"tasks": old})
    assert not any("→" in line for line in report.seen)


def test_a_closed_security_group_is_told_and_a_started_task_refutes_missing_routes(tmp_path: Path) -> None:
    network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"]}}}
    groups = {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissionsEgress": []}]}
    report = reported(tmp_path, services=service(**network), definition=definition(), groups=groups)
    assert report.cause_id == "egress_closed"
    table = {"Associations": [{"SubnetId": "subnet-1"}], "Routes": [{"DestinationCidrBlock": "0.0.0.0/0"}]}
    table["Routes"][0]["GatewayId"] = "igw-1"
    (tmp_path / "groups.json").write_text(json.dumps({"RouteTables": [table]}))
    (subject,) = subjects(read(tmp_path))
    assert explain(subject).cause_id == "no_route_out"
    (tmp_path / "tasks.json").write_text(json.dumps({"tasks": [task(code=1)]}))
    (subject,) = subjects(read(tmp_path))
    assert verdict(explain(subject), "network") is Verdict.REFUTED


@pytest.mark.parametrize("kind", ["zip", "tar", "json"])
def test_a_bundle_may_be_an_archive_or_one_file(tmp_path: Path, kind: str) -> None:
    parts = {"services.json": service(), "definition.json": definition(), "tasks.json": {"tasks": [task()]}}
    path = tmp_path / f"bundle.{kind}"
    if kind == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            for name, data in parts.items():
                archive.writestr(f"incident/{name}", json.dumps(data))
    elif kind == "tar":
        with tarfile.open(path, "w") as packed:
            for name, data in parts.items():
                content = json.dumps(data).encode()
                member = tarfile.TarInfo(name)
                member.size = len(content)
                packed.addfile(member, io.BytesIO(content))
    else:
        path.write_text(
            json.dumps(parts | {"notes": "The same images ran in the old account.", "app.log": ["started"]})
        )
    evidence = read(path)
    assert (len(evidence.services), len(evidence.definitions), len(evidence.tasks)) == (1, 1, 1)
    assert (len(evidence.notes), len(evidence.logs)) == ((1, 1) if kind == "json" else (0, 0))


def test_a_template_alone_tells_of_a_check_that_can_never_pass(tmp_path: Path) -> None:
    path = tmp_path / "template.yaml"
    container = {"Name": "app", "Image": "python:3.11-slim", "HealthCheck": {"Command": ["CMD-SHELL", "ps | grep web"]}}
    task_ = {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "web", "ContainerDefinitions": [container]}}
    web = {"Type": "AWS::ECS::Service", "Properties": {"TaskDefinition": {"Ref": "Task"}, "DesiredCount": 1}}
    path.write_text(json.dumps({"Resources": {"Task": task_, "Web": web}}))
    (subject,) = subjects(read(path))
    report = explain(subject)
    assert (report.subject, report.theory, report.certainty.value) == ("Web", "health_check", "certain")


def test_one_task_is_explained_alone(tmp_path: Path) -> None:
    (tmp_path / "tasks.json").write_text(json.dumps({"tasks": [task(0), task(1, reason="OutOfMemoryError: killed")]}))
    evidence = read(tmp_path)
    subject = subject_of_task(evidence, f"{1:032x}")
    assert subject is not None
    assert explain(subject).theory == "memory"
    assert subject_of_task(evidence, "another") is None


def test_a_folder_without_evidence_is_refused_with_what_was_looked_for(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("it does not work")
    with pytest.raises(NoEvidenceError, match="describe-services"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("name", "value", "kinds"),
    [
        ("KAFKA_BROKERS", "", ["empty"]),
        ("REDIS_URL", "redis://cache:6379/0", ["unresolvable"]),
        ("KAFKA_BROKERS", "kafka-1:9092,kafka-2:9092", ["unresolvable", "unresolvable"]),
        ("DATABASE_URL", "postgres://u:p@localhost:5432/x", ["loopback"]),
        ("DB_HOST", "${DatabaseHost}", ["placeholder"]),
        ("API_ENDPOINT", "https://api.example.com/v1", ["placeholder"]),
        ("DB_HOST", "db.internal.invalid", ["unresolvable"]),
        ("BROKER_URL", "amqps://mq.acme.net:port", ["malformed"]),
        ("QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/210987654321/jobs", ["other_region"]),
        ("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/111111111111/jobs", ["other_account"]),
        ("QUEUE_URL", "https://sqs.eu-central-1.amazonaws.com/210987654321/jobs", []),
        ("REDIS_URL", "rediss://cache.a1b2c3.euc1.cache.amazonaws.com:6379", []),
        ("BROKER_URL", "amqp://mq.events.local:5672", []),
        ("TABLE_NAME", "jobs", []),
        ("DATA_URL", "s3://bucket/key", []),
        ("SENTRY_DSN", "", None),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4317", None),
        ("BIND_ADDRESS", "0.0.0.0:8080", None),
        ("HOST", "localhost", None),
        ("LOG_LEVEL", "", None),
    ],
)
def test_endpoints_are_judged_without_asking_anybody(name: str, value: str, kinds: list[str] | None) -> None:
    found = doubts(name, value, arn=f"{ARN}:service/main/web", alone=True, connected=False)
    assert (None if found is None else [doubt.kind for doubt in found]) == kinds


def test_short_names_are_right_with_service_connect_and_localhost_beside_a_sidecar_is_only_suspicious() -> None:
    assert doubts("REDIS_URL", "redis://cache:6379", arn="", alone=True, connected=True) == []
    beside = doubts("REDIS_URL", "redis://localhost:6379", arn="", alone=False, connected=False)
    assert beside is not None
    assert [doubt.sure for doubt in beside] == [False]
