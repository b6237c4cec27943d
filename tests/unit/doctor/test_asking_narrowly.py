"""Checks that may read a part only: what they found is told, and what they could not look at is no pass."""

import json
from typing import Any

import pytest

from doctor.checks.frame import State
from doctor.checks.place import CannotLookError, Place, RefusedError
from doctor.checks.run import result
from tests.unit.doctor.deployments import named, place, right, spoilt

DENIED = CannotLookError("this takes the right iam:SimulatePrincipalPolicy, which is denied")
ONE = {"config": {"digest": "sha256:c"}, "layers": [{"size": 300_000_000}, {"size": 300_000_000}]}


def changed(**answers: Any) -> Place:
    return place(right() | {name.replace("__", "."): answer for name, answer in answers.items()})


def single(architecture: str, **more: Any) -> Place:
    """A registry whose image is one, so that only its configuration says for which processor."""
    answers = {
        "ecr__batch_get_image": {"images": [{"imageManifest": json.dumps({**ONE, **more})}]},
        "ecr__get_download_url_for_layer": {"downloadUrl": "https://layers/c"},
    }
    made = changed(**answers)
    told = json.dumps({"architecture": architecture}).encode()
    return Place(**{**vars(made), "fetch": lambda url: told if url == "https://layers/c" else b""})


def test_an_image_that_is_no_index_says_its_processor_in_its_configuration() -> None:
    assert result(named("image"), single("amd64", layers=[])).state is State.WELL
    found = result(named("image"), single("arm64", layers=[]))
    assert [fault.says for fault in found.faults] == [
        "reporting:3: image reporting:1 is for arm64, the task definition wants amd64"
    ]


def test_the_size_of_an_image_without_one_in_the_registry_is_that_of_its_layers() -> None:
    assert [fault.says for fault in result(named("image"), single("amd64")).faults] == [
        "reporting:3: image reporting:1 has 600 MB"
    ]


@pytest.mark.parametrize("denied", [DENIED, RefusedError("LayersNotFoundException", "gone")])
def test_a_configuration_that_cannot_be_read_is_no_pass_and_hides_no_fault(denied: Exception) -> None:
    more = {"ecr__get_download_url_for_layer": denied}
    small = {"images": [{"imageManifest": json.dumps(ONE | {"layers": []})}]}
    assert result(named("image"), changed(ecr__batch_get_image=small, **more)).state is State.COULD_NOT_LOOK
    large = {"images": [{"imageManifest": json.dumps(ONE)}]}
    assert result(named("image"), changed(ecr__batch_get_image=large, **more)).state is State.WARNED


@pytest.mark.parametrize("check", ["execution_role", "report_role", "executor_role", "registry"])
def test_without_the_right_to_simulate_nothing_is_said_to_be_allowed(check: str) -> None:
    found = result(named(check), changed(iam__simulate_principal_policy=DENIED))
    assert (found.state, found.says) == (State.COULD_NOT_LOOK, str(DENIED))


@pytest.mark.parametrize(("code", "state"), [("NoSuchEntity", State.FAILED), ("Throttling", State.COULD_NOT_LOOK)])
def test_only_a_role_that_is_not_there_is_a_fault_of_it(code: str, state: State) -> None:
    assert result(named("report_role"), changed(iam__get_role=RefusedError(code, code))).state is state


def test_a_secret_whose_value_may_not_be_read_could_not_be_looked_into() -> None:
    denied = CannotLookError("this takes the right secretsmanager:GetSecretValue, which is denied")
    found = result(named("secrets"), changed(secretsmanager__get_secret_value=denied))
    assert (found.state, found.says) == (State.COULD_NOT_LOOK, str(denied))


def test_the_root_user_may_push_and_has_no_keys_that_are_asked_for() -> None:
    root = {"Account": "210987654321", "Arn": "arn:aws:iam::210987654321:root"}
    asked = changed(sts__get_caller_identity=root, iam__simulate_principal_policy=DENIED)
    assert result(named("registry"), asked).state is State.WELL
    assert result(named("access_keys"), asked).state is State.NOT_ASKED


def test_a_registry_of_another_account_that_lets_us_look_is_well_and_one_that_does_not_says_where_we_are() -> None:
    elsewhere = {"Account": "111111111111", "Arn": "arn:aws:iam::111111111111:user/deployer"}
    asked: dict[str, Any] = {"sts__get_caller_identity": elsewhere, "iam__simulate_principal_policy": DENIED}
    assert result(named("registry"), changed(**asked)).state is State.WELL
    gone = RefusedError("RepositoryNotFoundException", "no")
    (fault,) = result(named("registry"), changed(**asked, ecr__describe_repositories=gone)).faults
    assert fault.says.endswith("RepositoryNotFoundException; you are in account 111111111111")


def test_whoever_signs_in_with_a_role_is_judged_by_that_role() -> None:
    asked: list[str] = []
    answers = right() | {
        "sts.get_caller_identity": {"Account": "210987654321", "Arn": "arn:aws:sts::210987654321:assumed-role/ci/me"}
    }
    made = place(answers)

    def aws(service: str, operation: str, **more: Any) -> dict[str, Any]:
        if operation == "simulate_principal_policy":
            asked.append(more["PolicySourceArn"])
        return made.aws(service, operation, **more)

    assert result(named("registry"), Place(**{**vars(made), "aws": aws})).state is State.WELL
    assert set(asked) == {"arn:role"}


@pytest.mark.parametrize("check", ["executor_service", "executor_role"])
def test_where_the_executor_runs_elsewhere_nothing_is_asked_of_its_service(check: str) -> None:
    gone = RefusedError("ClientException", "Unable to describe task definition")
    nobody = changed(ecs__describe_services={"services": []}, ecs__describe_task_definition=gone)
    assert result(named(check), nobody).state is State.NOT_ASKED


def test_a_service_that_does_not_run_is_explained_in_its_own_cluster() -> None:
    (fault,) = result(
        named("executor_service"), place(spoilt("ecs.describe_services/services/0/runningCount", 0))
    ).faults
    assert "reporting explain service reporting-main-executor --cluster reporting" in fault.remedy


@pytest.mark.parametrize(("family", "left"), [("reporting-main-executor", False), ("reporting-other-executor", True)])
def test_a_task_of_the_executors_family_is_no_leftover_although_it_carries_no_tag(family: str, left: bool) -> None:
    by_the_hour = {
        "taskArn": "arn:task/hour", "taskDefinitionArn": f"arn:aws:ecs:r:a:task-definition/{family}:3", "tags": [],
        "startedBy": "chronos-schedule/1",
    }  # fmt: skip
    found = result(named("leftovers"), changed(ecs__describe_tasks={"tasks": [by_the_hour]}))
    assert (found.state is State.WARNED) is left


@pytest.mark.parametrize(
    ("operation", "answers", "described", "says"),
    [
        (
            "list_tasks",
            "taskArns",
            {"tasks": [{"taskArn": "arn:task/last", "startedBy": "somebody"}]},
            "task last runs",
        ),
        ("list_services", "serviceArns", {"services": [{"serviceName": "old", "runningCount": 1}]}, "old is stopped"),
    ],
)
def test_a_leftover_behind_the_first_page_is_found(
    operation: str, answers: str, described: dict[str, Any], says: str
) -> None:
    made = changed()
    pages: dict[str | None, dict[str, Any]] = {
        None: {answers: ["arn:1"], "nextToken": "2"},
        "2": {answers: ["arn:last"]},
    }

    def aws(service: str, asked: str, **more: Any) -> dict[str, Any]:
        if asked == operation:
            return pages.pop(more.get("nextToken"))  # each is asked for once
        if "arn:last" in [*more.get("tasks", ()), *more.get("services", ())]:
            return described
        return made.aws(service, asked, **more)

    found = result(named("leftovers"), Place(**{**vars(made), "aws": aws}))
    assert [says in fault.says for fault in found.faults] == [True]
