"""Each failure on the way: a verdict, its cause by name, the version before at work, and a repeat that succeeds."""

import json
import os
import signal
from collections.abc import Callable

import pytest

from tests.acceptance.deployment.place import Place

pytestmark = pytest.mark.thorough

Undo = Callable[[], None]
BROKEN_SQL = (
    "-- A script that Snowflake refuses.\n-- Params: -\nCREATE VIEW broken AS SELECT * FROM nothing_of_that_name;\n"
)


def another(place: Place) -> Undo:
    """Another version of the executor, so that there is something to deploy."""
    return place.change("executor/service.py", f"\n# {os.urandom(4).hex()}\n")


def stack_refused(place: Place) -> Undo:
    return place.change("infra/stack.yaml", "  Nonsense: {Value: !Ref NoSuchThing}\n")


def resource_fails(place: Place) -> Undo:
    file = place.root / "infra/stack.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("\nResources:\n", "\nResources:\n  Other: {Type: AWS::Lambda::Function}\n"), encoding="utf-8"
    )

    def undo() -> None:
        file.write_text(text, encoding="utf-8")

    return undo


def image_missing(place: Place) -> Undo:
    place.order("aws", {"op": "task", "kind": "pull", "times": 3, "match": "executor"})
    return lambda: place.order("aws")


def secret_missing(place: Place) -> Undo:
    place.order("aws", {"op": "task", "kind": "secrets", "times": 3, "match": "executor"})
    return lambda: place.order("aws")


def executor_dies(place: Place) -> Undo:
    return place.change("executor/cli/foreground.py", "\nraise SystemExit('the new version is broken')\n")


def executor_unhealthy(place: Place) -> Undo:
    return place.change("executor/health.py", "\nraise SystemExit(1)\n")


def sql_half_way(place: Place) -> Undo:
    return place.change("sql/views/R__view_99_broken.sql", BROKEN_SQL)


def snowflake_unreachable(place: Place) -> Undo:
    place.order("snowflake", {"op": "LOGIN", "kind": "network_policy", "times": 100})
    return lambda: place.order("snowflake")


CASES = {
    stack_refused: "NoSuchThing",
    resource_fails: "Other (AWS::Lambda::Function) failed: not supported by the local cloud",
    image_missing: "CannotPullContainerError",
    secret_missing: "unable to pull secrets",
    executor_dies: "the new version is broken",
    executor_unhealthy: "failed container health checks",
    sql_half_way: "nothing_of_that_name",
    snowflake_unreachable: "Snowflake: the sign-in fails",
}
EXPLAINED = {
    image_missing: "image_pull_network",
    secret_missing: "secretsmanager_network",
    executor_dies: "app_error",
    executor_unhealthy: "container_health_failed",
}
"""Failures of the executor's service, with the cause that ``reporting explain`` finds for it."""


def explained_again(place: Place, said: str, cause: str) -> None:
    """The evidence that a failed deployment kept explains the same, asking nobody."""
    command = said.rpartition("the whole report: reporting ")[2].splitlines()[0]
    (report,) = json.loads(place.run(*command.split(), "--json").stdout)
    assert report["cause_id"] == cause


@pytest.mark.parametrize(("trouble", "cause"), CASES.items(), ids=[one.__name__ for one in CASES])
def test_a_deployment_that_fails_names_its_cause_and_leaves_the_version_before(
    deployed: Place, trouble: Callable[[Place], Undo], cause: str
) -> None:
    before = deployed.at_work()
    another(deployed)
    undo = trouble(deployed)
    failed = deployed.run("deploy", "--env", "local", "--yes")
    undo()
    assert failed.returncode in {1, 3}, failed.stdout
    assert cause.lower() in failed.stdout.rpartition("reporting: ")[2].lower(), failed.stdout
    assert "Traceback" not in failed.stdout
    if trouble in EXPLAINED:
        assert f"cause: {EXPLAINED[trouble]} (" in failed.stdout, failed.stdout
        explained_again(deployed, failed.stdout, EXPLAINED[trouble])
    assert deployed.at_work() == before
    assert "one.csv" in deployed.report(), "the version before serves"
    repeated = deployed.run("deploy", "--env", "local", "--yes")
    assert repeated.returncode == 0, repeated.stdout
    assert deployed.at_work() != before


@pytest.mark.parametrize(
    "step",
    ["Plan for the stack", "image executor: building", "integrations:", "procedures' code:", "users ",
     "ExecutorTask update complete", "executor: at work"],
)  # fmt: skip
def test_a_deployment_that_is_killed_can_be_repeated(deployed: Place, step: str) -> None:
    before = deployed.at_work()
    another(deployed)
    killed = deployed.run("deploy", "--env", "local", "--yes", until=step)
    assert killed.returncode == -signal.SIGKILL, killed.stdout
    repeated = deployed.run("deploy", "--env", "local", "--yes")
    assert repeated.returncode == 0, repeated.stdout
    assert deployed.at_work() not in {"", before}


def test_two_deployments_at_once_are_one_and_a_refusal(deployed: Place) -> None:
    bucket, key = "reporting-local-123456789012-us-east-1", "control/local/deployment.json"
    held = f'{{"who": "ann", "host": "elsewhere", "pid": {os.getpid()}}}'
    deployed.aws("s3").put_object(Bucket=bucket, Key=key, Body=held.encode())
    before = deployed.at_work()
    undo = another(deployed)
    refused = deployed.run("deploy", "--env", "local", "--yes")
    undo()
    assert refused.returncode == 1
    assert "ann (process" in refused.stdout
    assert deployed.at_work() == before
    deployed.aws("s3").delete_object(Bucket=bucket, Key=key)


def test_a_removal_keeps_out_of_a_deployment_that_is_under_way(deployed: Place) -> None:
    bucket, key = "reporting-local-123456789012-us-east-1", "control/local/deployment.json"
    held = '{"who": "ann", "host": "elsewhere", "pid": 1}'
    deployed.aws("s3").put_object(Bucket=bucket, Key=key, Body=held.encode())
    refused = deployed.run("destroy", "--env", "local")
    assert refused.returncode == 1
    assert "ann (process 1 on elsewhere)" in refused.stdout
    assert deployed.at_work()
    assert "daily_reports_task" in deployed.tasks()
    deployed.aws("s3").delete_object(Bucket=bucket, Key=key)


def test_nothing_secret_is_said(deployed: Place) -> None:
    another(deployed)
    done = deployed.run("deploy", "--env", "local", "--json")
    assert done.returncode == 0, done.stdout
    vault, stacks = deployed.aws("secretsmanager"), deployed.aws("cloudformation")
    events = str(stacks.describe_stack_events(StackName="reporting-local"))
    stack = str(stacks.describe_stacks(StackName="reporting-local"))
    for program in ("executor", "runner"):
        held = vault.get_secret_value(SecretId=f"reporting/local/{program}")["SecretString"]
        passphrase = held.partition('"passphrase": "')[2].partition('"')[0]
        assert passphrase
        for said in (done.stdout, events, stack):
            assert passphrase not in said
            assert "PRIVATE KEY" not in said
