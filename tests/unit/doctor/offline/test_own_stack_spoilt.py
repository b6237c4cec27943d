"""Our own template, spoilt in one place: what would fail in the account is found in the file."""

import json
from pathlib import Path
from typing import Any

import pytest

from doctor.offline.every import EVERY
from doctor.offline.frame import tried
from doctor.offline.reading import read
from tests.unit.infra.template import raw

_GONE = object()
_REPORT = "RunnerTask/Properties"
_CONTAINER = f"{_REPORT}/ContainerDefinitions/0"
_RUNS = "ExecutorTask/Properties/ContainerDefinitions/0"
_START = "ExecutionRole/Properties/Policies/0/PolicyDocument/Statement"
SPOILT: list[tuple[str, str, Any]] = [
    ("sizes", f"{_REPORT}/Memory", "768"),
    ("fargate", f"{_REPORT}/NetworkMode", "bridge"),
    ("fargate", f"{_CONTAINER}/StopTimeout", 600),
    ("containers", f"{_CONTAINER}/MountPoints/0/SourceVolume", "tmp"),
    ("image_reference", f"{_RUNS}/Image", "reporting:latest"),
    ("platform", "ExecutorTask/Properties/RuntimePlatform/CpuArchitecture", "AMD64"),
    ("roles", f"{_REPORT}/ExecutionRoleArn", _GONE),
    ("rights", f"{_START}/2/Action", "logs:PutLogEvents"),
    ("rights", f"{_START}/3", _GONE),
    ("rights", "RunnerRole/Properties/AssumeRolePolicyDocument/Statement/0/Principal/Service", "ecs.amazonaws.com"),
    ("log_configuration", f"{_CONTAINER}/LogConfiguration/Options/awslogs-stream-prefix", _GONE),
    ("log_groups", "JobsLog/Properties/LogGroupClass", "INFREQUENT_ACCESS"),
    ("log_groups", "ExecutorLog/Properties/RetentionInDays", _GONE),
    ("command", f"{_RUNS}/Command", ["run", "||", "true"]),
    ("health_checks", f"{_RUNS}/HealthCheck/Command", ["CMD-SHELL", "pgrep -f executor || exit 1"]),
    ("health_checks", f"{_RUNS}/HealthCheck/Timeout", 90),
    ("endpoints", f"{_RUNS}/Environment/16", {"Name": "CACHE_URL", "Value": "http://cache.invalid"}),
    ("network", "TasksGroup/Properties/SecurityGroupEgress/0/FromPort", 444),
    ("snowflake_sign_in", "TasksGroup/Properties/SecurityGroupEgress/1/FromPort", 8080),
    ("network", "Service/Properties/NetworkConfiguration/AwsvpcConfiguration/Subnets", []),
    ("services", "Service/Properties/DeploymentConfiguration/DeploymentCircuitBreaker/Enable", False),
    ("services", "Service/Properties/DeploymentConfiguration/MaximumPercent", 100),
    ("event_rules", "HintsPolicy", _GONE),
    ("event_rules", "TaskEvents/Properties/Targets", []),
    ("policies", "ExecutorRole/Properties/Policies/0/PolicyDocument/Statement/2/Resource", "*"),
    (
        "launch_requests",
        "Drain/Properties/Target/Input",
        '{"containerOverrides": [{"name": "exec", "command": ["drain"]}]}',
    ),
]


@pytest.mark.parametrize(("theory", "path", "value"), SPOILT)
def test_what_would_fail_in_the_account_is_found_in_the_template(
    theory: str, path: str, value: Any, tmp_path: Path
) -> None:
    template = raw()
    *way, last = path.split("/")
    part: Any = template["Resources"]
    for step in way:
        part = part[int(step)] if isinstance(part, list) else part[step]
    if value is _GONE:
        del part[int(last) if isinstance(part, list) else last]
    else:
        part[int(last) if isinstance(part, list) else last] = value
    (tmp_path / "stack.json").write_text(json.dumps(template))
    dockerfile = Path("infra/executor.Dockerfile")
    found = {one.id: one.faults for one in tried(EVERY, read([tmp_path / "stack.json", dockerfile]))}
    assert [name for name, faults in found.items() if faults] == [theory], found
