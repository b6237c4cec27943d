"""Saved answers of AWS, known by what is in them and not by the name of their file."""

from typing import Any, Final

from doctor.evidence.connection import of_report
from doctor.evidence.dotenv import assigned
from doctor.evidence.evidence import Event, Evidence, Line, Log
from doctor.evidence.moments import moment, moment_in
from doctor.evidence.tasks import task

_NETWORK: Final = frozenset({"Subnets", "RouteTables", "SecurityGroups", "VpcEndpoints", "NetworkAcls", "Vpcs"})
_NAMES_ONLY: Final = frozenset({"taskArns", "serviceArns", "clusterArns", "taskDefinitionArns"})


def take(data: Any, evidence: Evidence, name: str) -> bool:
    """Put what is known of some data into the evidence; False when nothing is.

    Args:
        data: What a JSON file or text held.
        evidence: Where it goes.
        name: Where it came from: a file, or the key above it.
    """
    if isinstance(data, list):
        return _list(data, evidence, name)
    if not isinstance(data, dict):
        return isinstance(data, str) and take_text(data, evidence, name)
    if isinstance(data.get("detail"), dict) and "detail-type" in data:
        return take(data["detail"], evidence, name)
    if _NAMES_ONLY & set(data) or _one(data, evidence) or _some(data, evidence, name):
        return True
    inner = [(f"{name}/{key}" if name else str(key), value) for key, value in data.items()]
    return bool(sum(take(value, evidence, below) for below, value in inner))


def _one(data: dict[str, Any], evidence: Evidence) -> bool:
    """A task definition, a service, a task or a connection test."""
    if (steps := of_report(data)) is not None:
        evidence.connection = steps
    elif "containerDefinitions" in data:
        evidence.definitions.append(data)
    elif isinstance(data.get("taskDefinition"), dict):
        evidence.definitions.append(data["taskDefinition"])
    elif "serviceName" in data and {"taskDefinition", "events", "desiredCount"} & set(data):
        evidence.services.append(data)
    elif "taskArn" in data:
        evidence.tasks.append(task(data))
    elif "StackName" in data and "Parameters" in data:
        evidence.stacks.append(data)
    else:
        return False
    return True


def _some(data: dict[str, Any], evidence: Evidence, name: str) -> bool:
    """Lines of a log, names of log groups, parts of a network."""
    if isinstance(data.get("events"), list):
        _events(data["events"], evidence, name)
    elif "logGroups" in data:
        found = [str(group.get("logGroupName")) for group in data["logGroups"]]
        evidence.log_groups = [*(evidence.log_groups or []), *found]
    elif _NETWORK & set(data):
        for key in _NETWORK & set(data):
            evidence.network.setdefault(key, []).extend(data[key])
    else:
        return False
    return True


def _list(items: list[Any], evidence: Evidence, name: str) -> bool:
    if items and all(isinstance(item, str) for item in items):
        return take_text("\n".join(items), evidence, name)
    if items and all(isinstance(item, dict) and "message" in item for item in items):
        _events(items, evidence, name)
        return True
    # Services, tasks, subnets … of an answer whose outer key was cut off, and answers saved one after the other.
    return bool(sum(take(item, evidence, name) for item in items)) or not items


def take_text(text: str, evidence: Evidence, name: str) -> bool:
    """Put a text that is no JSON into the evidence: a Dockerfile, a note of people, or a log."""
    last = name.rsplit("/", 1)[-1].lower()
    if is_dockerfile(text):
        evidence.dockerfiles[owner(name)] = text
    elif (last.endswith(".env") or last == "env") and (found := assigned(text)):
        evidence.settings |= found
    elif not last.endswith((".log", ".out")) and (
        last.endswith((".md", ".eml")) or any(word in name.lower() for word in ("note", "report", "readme", "mail"))
    ):
        evidence.notes[name] = text
    elif last.endswith((".log", ".txt", ".out")) or "log" in name.lower():
        lines = tuple(Line(moment_in(line), line) for line in text.splitlines() if line.strip())
        evidence.logs.append(Log(name, lines))
    else:
        return False
    return True


def is_dockerfile(text: str) -> bool:
    """Whether the first word that counts is ``FROM``, perhaps after some ``ARG``."""
    for line in text.splitlines():
        words = line.split()
        if words and not words[0].startswith("#") and words[0].upper() != "ARG":
            return words[0].upper() == "FROM" and len(words) > 1
    return False


def owner(name: str) -> str:
    """Whose Dockerfile it is: ``consumer/Dockerfile``, ``Dockerfile.consumer`` or ``consumer.Dockerfile``."""
    *folders, last = name.replace("\\", "/").split("/")
    parts = [part for part in last.split(".") if part.lower() not in {"dockerfile", "containerfile", "txt"}]
    if parts:
        return ".".join(parts)
    named = [folder for folder in folders if folder.lower() not in {"", ".", "dockerfiles", "docker", "images"}]
    return named[-1] if named else ""


def _events(items: list[Any], evidence: Evidence, name: str) -> None:
    """Lines of CloudWatch Logs carry a timestamp; what ECS says of a service carries when it was created."""
    said = [item for item in items if isinstance(item, dict) and "message" in item]
    evidence.events += [Event(moment(item["createdAt"]), str(item["message"])) for item in said if "createdAt" in item]
    streams: dict[str, list[Line]] = {}
    for item in said:
        if "createdAt" not in item:
            stream = str(item.get("logStreamName") or name)
            streams.setdefault(stream, []).append(Line(moment(item.get("timestamp")), str(item["message"]).rstrip()))
    evidence.logs += [Log(stream, tuple(lines)) for stream, lines in streams.items()]
