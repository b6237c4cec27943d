"""Two environments in one account and two regions, one of them in a network of its own: neither touches the other."""

import json
from typing import Any

import pytest

from tests.acceptance.deployment.place import ROOT, Place

pytestmark = pytest.mark.thorough

REGION = "eu-west-1"
SECOND = {"name": "second", "region": REGION}
FILE = """cloud = "local"
region = "{region}"
vpc = "{VpcId}"
subnets = {subnets}
assign_public_ip = {AssignPublicIp}

[snowflake]
schema = "SECOND"
"""


def network(place: Place) -> dict[str, str]:
    """The small network of the product with a NAT gateway, by its own template; answers with its outputs."""
    stacks = place.aws("cloudformation", REGION)
    template = (ROOT / "infra/network.yaml").read_text(encoding="utf-8")
    given = [{"ParameterKey": "Environment", "ParameterValue": "second"}]
    given.append({"ParameterKey": "WayOut", "ParameterValue": "nat"})
    stacks.create_stack(StackName="second-network", TemplateBody=template, Parameters=given)
    stacks.get_waiter("stack_create_complete").wait(StackName="second-network", WaiterConfig={"Delay": 1})
    (stack,) = stacks.describe_stacks(StackName="second-network")["Stacks"]
    return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}


def subnets_of_tasks(place: Place) -> set[str]:
    ecs, found = place.aws("ecs", REGION), set[str]()
    for status in ("RUNNING", "STOPPED"):
        arns = ecs.list_tasks(cluster="reporting-second", desiredStatus=status)["taskArns"]
        tasks = ecs.describe_tasks(cluster="reporting-second", tasks=arns)["tasks"] if arns else []
        details = [one for task in tasks for one in task["attachments"][0]["details"]]
        found |= {one["value"] for one in details if one["name"] == "subnetId"}
    return found


def kept(place: Place) -> Any:
    """What the first environment leaves behind when it goes, as somebody would look it up."""
    keys = [item["Key"] for item in place.aws("s3").list_objects_v2(
        Bucket="reporting-local-123456789012-us-east-1", Prefix="reports/")["Contents"]]  # fmt: skip
    with place.signed_in() as connection:
        jobs = connection.cursor().execute("SELECT job_id, status FROM jobs ORDER BY job_id")
        return sorted(keys), jobs.fetchall() if jobs else []


def test_two_environments_are_deployed_used_and_removed_beside_each_other(fresh: Place) -> None:
    assert fresh.make("deploy").returncode == 0
    outputs = network(fresh)
    subnets = outputs["SubnetIds"].split(",")
    text = FILE.format(region=REGION, subnets=json.dumps(subnets), **outputs)
    (fresh.root / "infra/environments/second.toml").write_text(text, encoding="utf-8")
    second = fresh.make("deploy", "second")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "reporting-second" in second.stdout

    jobs = fresh.ask(), fresh.ask("SECOND")
    assert "one.csv" in fresh.files(jobs[0])
    assert "one.csv" in fresh.files(jobs[1], "SECOND")
    assert fresh.status(jobs[0])[1].startswith("s3://reporting-local-123456789012-us-east-1/")
    assert fresh.status(jobs[1], "SECOND")[1].startswith(f"s3://reporting-second-123456789012-{REGION}/")
    assert fresh.status(jobs[1]) == fresh.status(jobs[0], "SECOND") == ("", "")
    assert subnets_of_tasks(fresh) <= set(subnets)
    assert subnets_of_tasks(fresh)

    at_work, running, left = fresh.at_work(**SECOND), fresh.tasks("SECOND"), kept(fresh)
    gone = fresh.run("destroy", "--env", "local", "--json")
    assert gone.returncode == 0, gone.stdout
    told = json.loads(gone.stdout)
    assert (told["removed"], told["troubles"]) == (True, [])
    assert any("reporting-local-123456789012-us-east-1" in line for line in told["stays"])
    assert not any("second" in line.lower() for line in told["stays"])
    assert fresh.tasks() == set()
    assert (fresh.at_work(**SECOND), fresh.tasks("SECOND")) == (at_work, running)
    assert "one.csv" in fresh.report("SECOND"), "the other one works on"

    last = fresh.run("destroy", "--env", "second", "--data", typed="second")
    assert last.returncode == 0, last.stdout
    assert "the local cloud is stopped" in last.stdout
    again = fresh.make("deploy")
    assert again.returncode == 0, again.stdout + again.stderr
    keys, rows = kept(fresh)
    assert set(left[0]) <= set(keys), "the removal of the other one's data left these"
    assert set(left[1]) <= set(rows)
