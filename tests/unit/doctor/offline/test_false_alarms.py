"""What is right is told to be right: deployments of every kind, our own among them."""

import copy
import json
import re
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from doctor.checks.frame import Result, State
from doctor.offline.every import EVERY
from executor.cli.doctor import app
from executor.cli.errors import CommandError
from tests.unit.doctor.deployments import place, right
from tests.unit.doctor.offline.right import FILES, STACK, Files, ids, judged, spoilt
from tests.unit.doctor.offline.variants import VARIANTS
from tests.unit.infra.template import GIVEN, made, raw

_LEAST = 20
_ALL_S = 2.0


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Result]]:
    """The results on each deployment, by its name."""
    folder = tmp_path_factory.mktemp("right")
    return {name: judged(folder / str(at), files) for at, (name, files) in enumerate(VARIANTS.items())}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_deployment_that_is_right_has_no_fault(name: str, found: dict[str, list[Result]]) -> None:
    wrong = {State.FAILED, State.WARNED, State.COULD_NOT_LOOK}
    told = [(one.id, [fault.says for fault in one.faults], one.says) for one in found[name] if one.state in wrong]
    assert told == []
    assert any(one.state is State.WELL for one in found[name])


def test_there_are_enough_kinds_of_them_and_every_theory_is_asked_of_some(found: dict[str, list[Result]]) -> None:
    asked = {one.id for results in found.values() for one in results if one.state is State.WELL}
    assert len(VARIANTS) >= _LEAST
    assert asked | {"settings"} == set(ids())


def own() -> Files:
    """Our own stack as CloudFormation makes it, every part switched on, with the names of the API."""
    found = made(raw(), **(GIVEN | {"ExecutorUser": "REPORTS_EXECUTOR", "RunnerUser": "REPORTS_RUNNER"}))
    return {
        name: one["Properties"]
        for name, one in found.items()
        if one["Type"] in {"AWS::ECS::TaskDefinition", "AWS::ECS::Service"}
    }


def test_our_own_templates_and_dockerfiles_have_no_fault_in_less_than_two_seconds() -> None:
    began = time.process_time()
    done = CliRunner().invoke(app, ["--offline", "--json"], env={"REPORTING_BUCKET": None})
    seconds = time.process_time() - began
    found = {one["id"]: one["state"] for one in json.loads(done.stdout)["checks"]}
    assert (done.exit_code, {name for name, state in found.items() if state not in {"well", "not asked"}}) == (0, set())
    assert seconds < _ALL_S


def test_our_own_stack_as_it_is_made_has_no_fault(tmp_path: Path) -> None:
    results = judged(tmp_path, own())
    assert [(one.id, one.faults) for one in results if one.faults] == []


def test_the_reference_page_lists_every_theory() -> None:
    page = Path("docs/reference/doctor-offline.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.+) \|$", page, re.MULTILINE)
    assert rows == [(one.id, one.severity.value, f"{one.question}. {one.theory}") for one in EVERY]


def asked(*words: object, env: dict[str, str] | None = None) -> tuple[int, str]:
    done = CliRunner().invoke(app, [str(word) for word in words], env=env)
    if isinstance(done.exception, CommandError):
        raise done.exception
    return done.exit_code, done.stdout


def test_a_fault_in_a_file_ends_with_one_and_its_remedy(tmp_path: Path) -> None:
    judged(tmp_path, spoilt("definition/taskDefinition/networkMode", "bridge"))
    code, said = asked(tmp_path / "definition.json")
    assert code == 1
    assert said.startswith("failed")
    assert "network mode bridge" in said
    assert "do: Set networkMode to awsvpc." in said


def test_one_theory_can_be_asked_alone_and_told(tmp_path: Path) -> None:
    judged(tmp_path, FILES)
    code, said = asked("sizes", tmp_path, "--json")
    assert (code, [one["id"] for one in json.loads(said)["checks"]]) == (0, ["sizes"])
    assert "no Fargate configuration exists" in asked("--explain", "sizes")[1]


def test_checks_of_a_deployment_can_be_named_without_an_option(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("executor.cli.looking.place", lambda: nullcontext(place(right())))
    code, said = asked("cluster", "subnets", "--json")
    told = json.loads(said[said.index("{") :])["checks"]
    assert (code, [one["id"] for one in told]) == (0, ["cluster", "subnets"])


def test_wrong_settings_of_the_environment_are_told_offline() -> None:
    env = {"REPORTING_MAX_RUNNING": "many", "SNOWFLAKE_ACCOUNT": "https://acme.snowflakecomputing.com"}
    code, said = asked("--offline", "settings", env=env)
    assert code == 1
    assert "REPORTING_MAX_RUNNING" in said
    assert "SNOWFLAKE_ACCOUNT" in said


def test_settings_in_a_file_are_judged_without_those_of_the_environment(tmp_path: Path) -> None:
    lines = {
        "REPORTING_INSTALLATION": "prod", "REPORTING_BUCKET": "files", "REPORTING_CLUSTER": "reporting",
        "REPORTING_TASK_DEFINITION": "report:3", "REPORTING_SUBNETS": "subnet-0a1b2c3d",
        "SNOWFLAKE_ACCOUNT": "acme-prod", "SNOWFLAKE_AUTHENTICATOR": "WORKLOAD_IDENTITY",
        "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER": "AWS",
    }  # fmt: skip
    for wrong, code in (({}, 0), ({"REPORTING_MAX_RUNNING": "0"}, 1), ({"SNOWFLAKE_ACCOUNT": "acme prod"}, 1)):
        told = "".join(f"{name}={value}\n" for name, value in (lines | wrong).items())
        (tmp_path / "prod.env").write_text(told)
        done, said = asked(tmp_path / "prod.env", env={"REPORTING_MAX_RUNNING": "many"})
        assert done == code
        assert all(f"prod.env: {name}" in said for name in wrong)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere.yaml"], "no check and no file is called 'nowhere.yaml'"),
        (["cluster", "right.json"], "no check is called 'cluster'"),
        (["notes.txt"], "notes.txt: holds no CloudFormation template"),
        (["right.json", "--parameter", "Tag"], "--parameter Tag: wants name=value"),
        (["right.json", "--dockerfile", "a=absent"], "absent: No such file"),
        (["right.json", "--dockerfile", "a=notes.txt"], "there is no FROM line"),
        (["broken.json"], "broken.json: a function or condition of this template cannot be worked out"),
        (["web.Dockerfile"], "web.Dockerfile: "),
        (["--parameter", "Tag=1"], "--parameter Tag=1: is for files only"),
        (["cluster", "--dockerfile", "a=web.Dockerfile"], "--dockerfile a=web.Dockerfile: is for files only"),
        (["latin.env"], "latin.env: is not UTF-8 at byte 15"),
        (["--offline"], "reads infra/, which is not in this folder"),
    ],
)
def test_what_cannot_be_judged_is_refused(
    words: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "right.json").write_text(json.dumps(FILES["definition"]))
    (tmp_path / "notes.txt").write_text("what we saw")
    (tmp_path / "latin.env").write_bytes("SNOWFLAKE_USER=é".encode("latin-1"))
    (tmp_path / "broken.json").write_text(json.dumps({"Resources": {"A": {"Properties": {"B": {"Fn::If": ["C"]}}}}}))
    (tmp_path / "web.Dockerfile").write_text("FROM python:3.12-slim\nSHELL pwsh\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CommandError, match=says):
        asked(*words)


def parts(data: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every part of some data, but into functions."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        if not str(key).startswith(("Fn::", "Ref")):
            yield (*way, key)
            yield from parts(value, (*way, key))


@pytest.mark.parametrize("resource", STACK["Resources"])
def test_what_only_the_account_knows_is_never_a_fault(resource: str, tmp_path: Path) -> None:
    for way in parts(STACK["Resources"][resource]["Properties"]):
        template = copy.deepcopy(STACK)
        part: Any = template["Resources"][resource]["Properties"]
        for key in way[:-1]:
            part = part[key]
        part[way[-1]] = {"Fn::ImportValue": "elsewhere"}
        results = judged(tmp_path, {"stack": template})
        wrong = {State.FAILED, State.WARNED, State.COULD_NOT_LOOK}
        assert [(one.id, one.faults, one.says) for one in results if one.state in wrong] == [], way
