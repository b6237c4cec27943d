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

    running = fresh.tasks()
    assert "daily_reports_task" in running
    servers = fresh.cloud
    gone = fresh.make("destroy")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    for kept in ("AWS::S3::Bucket reporting-local-123456789012-us-east-1", "ANALYTICS_PLATFORM.REPORTING"):
        assert kept in gone.stdout
    assert set(servers) == {"aws", "snowflake"}
    assert not (fresh.root / ".local/deploy/cloud.json").exists()
    again = fresh.make("deploy")
    assert again.returncode == 0, "what was kept is taken up again: " + again.stdout + again.stderr
    assert fresh.tasks() == running


def test_a_removal_with_data_leaves_nothing_of_its_own(fresh: Place) -> None:
    assert fresh.run("deploy", "--env", "local").returncode == 0
    unsaid = fresh.run("destroy", "--env", "local", "--data", "--yes")
    assert unsaid.returncode == 2
    assert "wants the name local typed" in unsaid.stdout
    assert fresh.at_work()
    gone = fresh.run("destroy", "--env", "local", "--data", typed="local")
    assert gone.returncode == 0, gone.stdout
    dropped = ("schema ANALYTICS_PLATFORM.REPORTING", "integration REPORTS_IN_S3_LOCAL", "user REPORTING_LOCAL_RUNNER")
    for what in (*(f"{name}: dropped" for name in dropped), "versions of objects deleted"):
        assert what in gone.stdout, gone.stdout
    left = gone.stdout.partition("what stays")[2].splitlines()
    assert len(left) == 3, left
    assert "warehouse REPORTS_WH and roles" in left[1]
    again = fresh.run("deploy", "--env", "local")
    assert again.returncode == 0, "from nothing: " + again.stdout
    found = fresh.aws("s3").list_object_versions(Bucket="reporting-local-123456789012-us-east-1", Prefix="reports/")
    ended = [item["Key"] for item in found["Versions"] if item["Key"].endswith("/manifest.json")]
    assert len(ended) == 1, "only the first report of this deployment"


def test_a_plan_changes_nothing_and_can_be_read_by_machines(fresh: Place) -> None:
    told = fresh.run("deploy", "--env", "local", "--plan", "--json")
    plan = json.loads(told.stdout)["plan"]
    assert "+ Bucket AWS::S3::Bucket" in plan["stack"]
    assert plan["snowflake"]["where"] == "ANALYTICS_PLATFORM.REPORTING"
    assert fresh.aws("cloudformation").describe_stacks()["Stacks"] == []
    assert fresh.aws("s3").list_buckets()["Buckets"] == []
