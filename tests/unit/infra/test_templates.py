"""The templates are in order, and what they say is what the programs take, measure and are called."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import lint_file
from pydantic_settings import BaseSettings

from executor.adapters.metrics import NAMESPACE
from executor.core.metrics import FORMS, Metric
from executor.core.troubles import Trouble
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings, load
from runner.failures import RunFailedError
from runner.settings import snowflake_arguments
from tests.unit.infra.calls import environment
from tests.unit.infra.properties import containers, of_type
from tests.unit.infra.template import GIVEN, Tree, made, raw

STACK, NETWORK = Path("infra/stack.yaml"), Path("infra/network.yaml")
SENT_AS_IT_IS = 51_200
"""Bytes of a template that CloudFormation takes without a bucket (CreateChangeSet, TemplateBody)."""
ROOM = 200
"""Bytes that whoever deploys may add, a resource or a tag of their own."""
WAYS_OUT: list[dict[str, Any]] = [
    {"WayOut": "public"},
    {"WayOut": "nat"},
    {"WayOut": "endpoints", "SnowflakePrivateLinkService": "com.amazonaws.vpce.eu-central-1.vpce-svc-0123"},
]
KEY = {
    "SNOWFLAKE_PRIVATE_KEY": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----",
    "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE": "from Secrets Manager, too",
}
BARE = {**GIVEN, "KeyArn": "", "ExecutorSecretArn": "", "RunnerSecretArn": "", "DocumentsImage": "", "HoursStart": ""}


@pytest.mark.parametrize("path", [STACK, NETWORK], ids=str)
def test_cfn_lint_finds_nothing(path: Path) -> None:
    assert [f"{found.linenumber}: {found.message}" for found in lint_file(path)] == []


@pytest.mark.parametrize("path", [STACK, NETWORK], ids=str)
def test_a_template_goes_to_cloudformation_as_it_is(path: Path) -> None:
    assert len(path.read_bytes()) <= SENT_AS_IT_IS - ROOM


def secrets_in(text: str) -> list[str]:
    """Whatever looks like a private key, an access key, or a password or token that is given a value."""
    given = r"(?i:password|passphrase|secret_?key|token)[\"']?\s*[:=]\s*[\"']?[^\s\"'!{}$,:]+"
    return re.findall(rf"-----BEGIN [A-Z ]+-----|AKIA[0-9A-Z]{{16}}|{given}", text)


@pytest.mark.parametrize("path", sorted(Path("infra").glob("*.*")), ids=str)
def test_nothing_secret_stands_in_what_is_deployed(path: Path) -> None:
    assert secrets_in(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["Password: geheim", "AKIA" + "A" * 16, "-----BEGIN RSA PRIVATE KEY-----", "TOKEN=x"])
def test_a_secret_would_be_noticed(text: str) -> None:
    assert secrets_in(text) != []


@pytest.mark.parametrize("ways", [{}, {"ExecutorSecretArn": GIVEN["ExecutorSecretArn"], "ExecutorUser": "REPORTS"}])
def test_the_executor_takes_the_environment_that_its_task_has(
    ways: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    resources = made(raw(), **{**BARE, **ways})
    (container,) = resources["ExecutorTask"]["Properties"]["ContainerDefinitions"]
    secrets = {one["Name"]: KEY[one["Name"]] for one in container.get("Secrets", [])}
    for name, value in {**environment(resources, "ExecutorTask"), **secrets}.items():
        monkeypatch.setenv(name, value)
    executor, names, _ = load(ExecutorSettings, ObjectNames, SnowflakeSettings)
    assert executor.installation == "prod"
    assert executor.metrics == "emf"
    assert names.schema_name == "REPORTING"


def test_an_executor_with_a_key_and_no_user_would_say_so_at_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    resources = made(raw(), **{**BARE, "ExecutorSecretArn": GIVEN["ExecutorSecretArn"]})
    for name, value in {**environment(resources, "ExecutorTask"), **KEY}.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match="SNOWFLAKE_USER"):
        load(ExecutorSettings, ObjectNames, SnowflakeSettings)


@pytest.mark.parametrize("task", ["RunnerTask", "DocumentsTask"])
def test_the_runner_takes_the_environment_that_its_task_has(task: str) -> None:
    resources = made(raw(), **{**BARE, "DocumentsImage": GIVEN["DocumentsImage"]})
    told = snowflake_arguments(environment(resources, task))
    assert (told["role"], told["database"], told["warehouse"]) == ("REPORT_RUNNER", "ANALYTICS_PLATFORM", "REPORTS_WH")
    with_key = made(raw(), **{**GIVEN, "RunnerUser": "REPORTS"})
    assert snowflake_arguments({**environment(with_key, task), **KEY})["user"] == "REPORTS"
    with pytest.raises(RunFailedError, match="SNOWFLAKE_USER"):
        snowflake_arguments({**environment(made(raw(), **GIVEN), task), **KEY})


def test_no_variable_of_a_task_is_a_slip() -> None:
    kinds: list[type[BaseSettings]] = [ExecutorSettings, ObjectNames]
    known = {f"REPORTING_{field}".upper() for kind in kinds for field in kind.model_fields} | {"REPORTING_SCHEMA"}
    told = {name for name in environment(made(raw(), **GIVEN), "ExecutorTask") if name.startswith("REPORTING_")}
    assert told <= known


def test_every_way_of_looking_at_things_names_a_metric_that_the_executor_writes() -> None:
    resources = made(raw(), **BARE)
    for name, one in of_type(resources, "CloudWatch::Alarm"):
        if one["Namespace"] != NAMESPACE:
            continue
        form = FORMS[Metric(one["MetricName"])]
        dimensions = {part["Name"]: part["Value"] for part in one["Dimensions"]}
        assert set(dimensions) == {"Installation", form.dimension or "Installation"}, name
        assert Trouble(dimensions.get("Trouble", "start"))
    (_, dashboard), *_ = of_type(resources, "CloudWatch::Dashboard")
    shown = json.loads(dashboard["DashboardBody"])
    rows = [row for one in shown["widgets"] for row in one["properties"].get("metrics", [])]
    plain = [row[1] for row in rows if row[0] == NAMESPACE]
    searches = [row[0]["expression"] for row in rows if isinstance(row[0], dict)]
    for search in searches:
        (dimensions_of,) = re.findall(rf"\{{{NAMESPACE},([\w,]+)\}}", search)
        (metric,) = re.findall(r'MetricName="(\w+)"', search)
        assert set(dimensions_of.split(",")) == {"Installation", FORMS[Metric(metric)].dimension}
        plain.append(metric)
    assert set(plain) == set(Metric) - {Metric.FAILURES}  # which are outcomes by where to look, for alarms


def test_every_kind_of_trouble_has_an_alarm_of_its_own() -> None:
    watched = [
        part["Value"]
        for _, one in of_type(made(raw(), **BARE), "CloudWatch::Alarm")
        for part in one["Dimensions"]
        if part["Name"] == "Trouble"
    ]
    assert sorted(watched) == sorted(Trouble)


def test_nobody_leading_is_an_alarm_only_where_somebody_always_should() -> None:
    assert "NobodyLeads" in made(raw(), **BARE)
    assert "NobodyLeads" not in made(raw(), **{**BARE, "HoursStart": GIVEN["HoursStart"]})
    assert "NobodyLeads" not in made(raw(), **{**BARE, "ExecutorCount": 0})
    assert "NobodyLeads" not in made(raw(), **{**BARE, "ExecutorImage": ""})


def test_before_there_are_images_there_is_all_that_they_need_and_no_task() -> None:
    resources = made(raw(), **{**BARE, "ExecutorImage": "", "RunnerImage": ""})
    assert {"Bucket", "ExecutorRepository", "ExecutorRole", "Hints"} <= set(resources)
    assert [name for name, _ in containers(resources)] == []


def names(resources: Tree) -> set[str]:
    """Every name that is given to something."""
    return {
        str(value)
        for one in resources.values()
        for key, value in one["Properties"].items()
        if (key.endswith("Name") or key == "Family") and key not in {"ServiceNamespace", "MetricName"}
    }


def test_two_environments_in_one_account_share_no_name() -> None:
    prod, test = (names(made(raw(), **{**GIVEN, "Environment": name})) for name in ("prod", "test"))
    assert len(prod) == len(test) > 20
    assert prod & test == set()


def test_the_longest_names_are_short_enough_in_every_region() -> None:
    longest = made(raw(), **{**GIVEN, "Environment": "e" * 20})
    limits = {"RoleName": 64, "BucketName": 63}
    further = len("ap-southeast-1") - len("eu-central-1")
    for one in longest.values():
        for key, most in limits.items():
            assert len(one["Properties"].get(key, "")) + further <= most


@pytest.mark.parametrize("way", WAYS_OUT, ids=lambda way: way["WayOut"])
def test_a_network_has_two_zones_one_way_out_and_none_in(way: dict[str, Any]) -> None:
    resources = made(raw(NETWORK), **way)
    zones = {one["AvailabilityZone"] for name, one in of_type(resources, "EC2::Subnet") if name != "NatSubnet"}
    assert len(zones) == 2
    assert not any(one["MapPublicIpOnLaunch"] for _, one in of_type(resources, "EC2::Subnet"))
    out = [one for _, one in of_type(resources, "EC2::Route") if one["RouteTableId"] == "Routes"]
    assert len(out) == (0 if way["WayOut"] == "endpoints" else 1)
    assert bool([*of_type(resources, "EC2::InternetGateway")]) == bool(out)
    for _, group in of_type(resources, "EC2::SecurityGroup"):
        assert {rule["CidrIp"] for rule in group.get("SecurityGroupIngress", [])} <= {"10.64.0.0/20"}


def test_a_network_without_internet_has_an_endpoint_for_all_that_tasks_and_executor_call() -> None:
    resources = made(raw(NETWORK), **WAYS_OUT[2])
    services = {one["ServiceName"].rpartition("eu-central-1.")[2] for _, one in of_type(resources, "EC2::VPCEndpoint")}
    assert services == {"s3", "ecr.api", "ecr.dkr", "logs", "ecs", "sqs", "secretsmanager", "vpce-svc-0123"}
