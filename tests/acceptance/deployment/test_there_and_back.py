"""From nothing to the first report and back: the Makefile's three targets on the environment local."""

import json

import pytest

from tests.acceptance.deployment.place import Place

pytestmark = pytest.mark.thorough


def test_deploy_a_report_another_version_back_again_and_destroy(fresh: Place) -> None:
    first = fresh.make("deploy")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "every step works" in first.stdout
    one = fresh.at_work()
    assert one
    assert {"manifest.json", "one.csv"} <= set(fresh.report())
    alone = fresh.make("rollback")
    assert (alone.returncode, fresh.at_work()) == (0, one)
    assert "no version before 1; it stays at work" in alone.stdout

    fresh.change("executor/service.py")
    fresh.change("snowpark_procs/handlers.py")
    second = fresh.make("deploy")
    assert second.returncode == 0, second.stdout + second.stderr
    two = fresh.at_work()
    assert two != one
    listed = fresh.run("rollback", "--env", "local", "--list").stdout.splitlines()
    assert [line.endswith("at work") for line in listed] == [False, True]
    back = fresh.make("rollback")
    assert back.returncode == 0, back.stdout + back.stderr
    assert fresh.at_work() == one
    code = listed[0].split()[3]
    assert f"procedures' code: {code}" in back.stdout
    assert "one.csv" in fresh.report()

    servers = fresh.cloud
    gone = fresh.make("destroy")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    for kept in ("AWS::S3::Bucket reporting-local-123456789012-us-east-1", "ANALYTICS_PLATFORM.REPORTING"):
        assert kept in gone.stdout
    assert set(servers) == {"aws", "snowflake"}
    assert not (fresh.root / ".local/deploy/cloud.json").exists()
    again = fresh.make("deploy")
    assert again.returncode == 0, "what was kept is taken up again: " + again.stdout + again.stderr


def test_a_plan_changes_nothing_and_can_be_read_by_machines(fresh: Place) -> None:
    told = fresh.run("deploy", "--env", "local", "--plan", "--json")
    plan = json.loads(told.stdout)["plan"]
    assert "+ Bucket AWS::S3::Bucket" in plan["stack"]
    assert plan["snowflake"]["where"] == "ANALYTICS_PLATFORM.REPORTING"
    assert fresh.aws("cloudformation").describe_stacks()["Stacks"] == []
    assert fresh.aws("s3").list_buckets()["Buckets"] == []
