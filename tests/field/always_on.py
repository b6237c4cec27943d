"""Five always-on services that never get healthy, as somebody saves them: describe-* answers, notes, Dockerfiles."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

NAMES = ("consumer", "scheduler", "mailer", "importer", "archiver")
REGION, ACCOUNT = "eu-central-1", "210987654321"
START = datetime(2026, 3, 2, 9, 0, 0, tzinfo=UTC)
NOTE = (
    "# Incident\n\nTasks reach RUNNING, then UNHEALTHY, 2 -> 4 -> 2 -> 4. ECS Exec is denied by policy here.\n"
    "The same images worked in the old account.\n"
)
ENVIRONMENT = {
    "KAFKA_BOOTSTRAP_SERVERS": "b-1.events.a1b2c3.c2.kafka.eu-central-1.amazonaws.com:9098",
    "LOG_LEVEL": "INFO",
}


def arn(kind: str, rest: str) -> str:
    return f"arn:aws:ecs:{REGION}:{ACCOUNT}:{kind}/{rest}"


def task_definition(name: str, check: str = "", environment: dict[str, str] | None = None) -> dict[str, Any]:
    container = {
        "name": "app",
        "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/{name}:41",
        "essential": True,
        "environment": [{"name": k, "value": v} for k, v in (environment or ENVIRONMENT).items()],
        "secrets": [{"name": "DB_PASSWORD", "valueFrom": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:db-AbC"}],
        "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": f"/ecs/{name}"}},
        "healthCheck": {
            "command": ["CMD-SHELL", check or f"ps aux | grep -v grep | grep {name}.py || exit 1"],
            "interval": 30, "timeout": 5, "retries": 3, "startPeriod": 30,
        },
    }  # fmt: skip
    return {"taskDefinition": {
        "taskDefinitionArn": arn("task-definition", f"{name}:7"), "family": name, "revision": 7,
        "containerDefinitions": [container], "networkMode": "awsvpc", "cpu": "256", "memory": "512",
    }}  # fmt: skip


def tasks(name: str, generations: int = 5) -> list[dict[str, Any]]:
    """Generations of two tasks, each ended for its health 125 s after its start, when its replacements run."""
    found = []
    for generation in range(generations):
        for twin in range(2):
            started = START + timedelta(seconds=150 * generation + 3 * twin)
            ended = started + timedelta(seconds=185 + twin)
            found.append({
                "taskArn": arn("task", f"main/{name}{generation}{twin}"),
                "taskDefinitionArn": arn("task-definition", f"{name}:7"),
                "group": f"service:{name}", "lastStatus": "STOPPED", "healthStatus": "UNHEALTHY",
                "createdAt": (started - timedelta(seconds=25)).isoformat(),
                "pullStoppedAt": (started - timedelta(seconds=4)).isoformat(),
                "startedAt": started.isoformat(), "stoppingAt": ended.isoformat(),
                "stoppedAt": (ended + timedelta(seconds=30)).isoformat(),
                "stopCode": "ServiceSchedulerInitiated", "stoppedReason": "Task failed container health checks",
                "containers": [{"name": "app", "exitCode": 137, "healthStatus": "UNHEALTHY", "lastStatus": "STOPPED"}],
            })  # fmt: skip
    return found


def events(name: str, generations: int = 5) -> list[dict[str, Any]]:
    """What ECS says of the same, when it has forgotten the tasks; the newest first."""
    found = []
    for generation in range(generations):
        started = START + timedelta(seconds=150 * generation)
        ids = [f"{generation:030x}{twin:02x}" for twin in range(2)]
        both = " ".join(f"(task {one})" for one in ids)
        found.append((started, f"(service {name}) has started 2 tasks: {both}."))
        failed = started + timedelta(seconds=180)
        found += [(failed, f"(service {name}) (task {one}) failed container health checks.") for one in ids]
        found.append((started + timedelta(seconds=190), f"(service {name}) has stopped 2 running tasks: {both}."))
    newest_first = sorted(found, reverse=True)
    return [{"id": str(n), "createdAt": at.isoformat(), "message": text} for n, (at, text) in enumerate(newest_first)]


def service(name: str, *, told: bool = False) -> dict[str, Any]:
    return {
        "serviceName": name, "serviceArn": arn("service", f"main/{name}"), "clusterArn": arn("cluster", "main"),
        "taskDefinition": arn("task-definition", f"{name}:7"), "desiredCount": 2, "runningCount": 4, "pendingCount": 0,
        "enableExecuteCommand": False,
        "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100,
                                    "deploymentCircuitBreaker": {"enable": False, "rollback": False}},
        "events": events(name) if told else [],
    }  # fmt: skip


def dockerfile(name: str) -> str:
    made = "WORKDIR /app\nCOPY . .\nRUN pip install -r requirements.txt\n"
    return f'FROM python:3.11-slim\n{made}CMD ["python", "-m", "src.{name}"]\n'


def save(
    folder: Path,
    *,
    dockerfiles: bool = False,
    check: str = "",
    environment: dict[str, str] | None = None,
    forgotten: bool = False,
) -> Path:
    """Write the bundle to a folder.

    Args:
        folder: Where to.
        dockerfiles: Whether the images' Dockerfiles are at hand.
        check: The health checks' command; that of the field when empty.
        environment: Variables of all containers; ``ENVIRONMENT`` when None.
        forgotten: Whether ECS has forgotten the tasks, so that only the services' events tell of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    services = [service(name, told=forgotten) for name in NAMES]
    (folder / "services.json").write_text(json.dumps({"services": services, "failures": []}))
    for name in NAMES:
        definition = json.dumps(task_definition(name, check, environment))
        (folder / f"task-definition-{name}.json").write_text(definition)
        kept = [] if forgotten else tasks(name)
        (folder / f"tasks-{name}.json").write_text(json.dumps({"tasks": kept, "failures": []}))
        if dockerfiles:
            (folder / name).mkdir(exist_ok=True)
            (folder / name / "Dockerfile").write_text(dockerfile(name))
    (folder / "report.md").write_text(NOTE)
    return folder
