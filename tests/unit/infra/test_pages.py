"""The pages about operating, paying and safety say what the templates and the programs say."""

import json
import re
from pathlib import Path

import pytest

from executor.core.leadership import RENEW_EVERY_S
from executor.loops.hints import WAIT_S
from tests.house.test_documents import rows
from tests.unit.infra.policies import ROLES, listed, statements
from tests.unit.infra.properties import of_type
from tests.unit.infra.template import GIVEN, made, raw

OPERATE, PAY, SECURITY = (
    Path("docs/how-to/operate.md").read_text(encoding="utf-8"),
    Path("docs/how-to/pay-less.md").read_text(encoding="utf-8"),
    Path("docs/explanation/security.md").read_text(encoding="utf-8"),
)
MONTH_S = 730 * 3600
IDLE = "## What it costs when nothing is asked for"
NETWORKS = "## What other networks cost"
RESOURCES = made(raw(), **{**GIVEN, "HoursStart": ""})


def amount(cell: str) -> float:
    """The number that a cell begins with, or is."""
    return float(cell.strip("*").split()[0])


def quantities() -> dict[str, float]:
    """How much of what there is in a month, by the first words of its line."""
    return {line[0]: amount(line[1]) for line in rows(PAY, IDLE)[1:-1]}


def test_every_alarm_has_a_runbook_and_every_runbook_an_alarm() -> None:
    alarms = {one["AlarmName"].removeprefix("reporting-prod-") for _, one in of_type(RESOURCES, "CloudWatch::Alarm")}
    assert set(re.findall(r"^## (\S+)$", OPERATE, re.MULTILINE)) == alarms
    assert len(alarms) == 8


@pytest.mark.parametrize("section", [IDLE, NETWORKS])
def test_every_line_of_the_bill_is_its_quantity_times_its_price(section: str) -> None:
    lines = [line for line in rows(PAY, section)[1:] if line[0] != "**together**"]
    for what, quantity, price, usd in lines:
        assert round(amount(quantity) * amount(price), 2) == amount(usd), what


def test_the_bill_adds_up() -> None:
    *lines, total = rows(PAY, IDLE)[1:]
    assert round(sum(amount(line[3]) for line in lines), 2) == amount(total[3])


def test_the_bill_is_that_of_the_stack() -> None:
    found, rates = quantities(), json.loads(Path("executor/prices/fargate.json").read_text())["rates"]
    task = RESOURCES["ExecutorTask"]["Properties"]
    assert found["executor, a quarter of a vCPU"] == 730 * int(task["Cpu"]) / 1024
    assert found["executor, half a GB of memory"] == 730 * int(task["Memory"]) / 1024
    arm = rates["us-east-1/FARGATE/arm64"]
    assert [amount(line[2]) for line in rows(PAY, IDLE)[1:3]] == [arm["vcpu_hour_usd"], arm["gb_hour_usd"]]
    assert found["the lease, written every 4 s"] == MONTH_S / RENEW_EVERY_S
    looks = "the queue of hints, looked into every 10 s; a million requests of an account are free"
    assert found[looks] == MONTH_S / WAIT_S
    assert found["alarms"] == sum(1 for _ in of_type(RESOURCES, "CloudWatch::Alarm"))


def test_the_bill_of_the_network_without_internet_is_that_of_its_template() -> None:
    service = "com.amazonaws.vpce.eu-central-1.vpce-svc-0123"
    network = made(raw(Path("infra/network.yaml")), WayOut="endpoints", SnowflakePrivateLinkService=service)
    ends = [one for _, one in of_type(network, "EC2::VPCEndpoint") if one["VpcEndpointType"] == "Interface"]
    (hours,) = (amount(line[1]) for line in rows(PAY, NETWORKS)[1:] if "endpoints" in line[0])
    assert hours == 730 * sum(len(one["SubnetIds"]) for one in ends)


@pytest.mark.parametrize("role", ROLES)
def test_every_permission_of_a_role_is_told_with_its_reason(role: str) -> None:
    part = SECURITY.split(f"\n### {role}\n", 1)[1].split("\n#", 1)[0]
    told = {line[0]: line[1] for line in rows(part)[1:]}
    found = statements(RESOURCES if role != "drain" else made(raw(), **GIVEN), role)
    assert {one["Sid"]: ", ".join(listed(one["Action"])) for one in found} == {
        sid: actions.removeprefix("never ").replace("`", "") for sid, actions in told.items()
    }
