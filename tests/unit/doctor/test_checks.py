"""Checks of a deployment: seeded faults are found, what is right passes, and what is denied is no pass."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from doctor.checks.every import EVERY
from doctor.checks.frame import Check, Result, Severity, State
from doctor.checks.granted import ROLES, objects
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError
from doctor.checks.run import result, run
from doctor.checks.words import FORMATS, as_data, summary
from executor.cli.looking import _PREFIXES, _RIGHTS
from tests.house import tree
from tests.house.doctor_page import PAGE, page, policy
from tests.unit.doctor.deployments import SEEDED, named, place, right, spoilt
from tests.unit.doctor.seeded_snowflake import without


def test_every_check_passes_where_everything_is_right() -> None:
    results = run(EVERY, place(right()))
    assert [(one.id, one.state, one.says) for one in results if one.state is not State.WELL] == []
    assert [one.id for one in results] == [check.id for check in EVERY]


@pytest.mark.parametrize(("check", "path", "value", "says"), SEEDED)
def test_a_seeded_fault_is_found_by_its_check_and_says_what_to_do(check: str, path: str, value: Any, says: str) -> None:
    results = {one.id: one for one in run(EVERY, place(spoilt(path, value)))}
    found = results[check]
    assert found.state in {State.FAILED, State.WARNED}
    assert any(says in fault.says for fault in found.faults), found.faults
    assert all(fault.remedy for fault in found.faults)
    assert "canary" not in json.dumps(as_data(list(results.values())))


def test_there_is_a_seeded_fault_for_every_check_but_the_settings() -> None:
    assert {check for check, *_ in SEEDED} | {"settings"} == {check.id for check in EVERY}


def test_without_a_sign_in_only_the_check_of_it_fails() -> None:
    refused = RefusedError(SIGN_IN, "the password is wrong")
    asked = ("current_role", "jobs", "tasks", "show_external_functions", "show_objects", "show_procedures",
             "show_grants_to_role", "current_user")  # fmt: skip
    answers = right() | dict.fromkeys(asked, refused)
    first, *others = [one for one in run(EVERY, place(answers)) if one.state is not State.WELL]
    assert (first.id, first.state) == ("sign_in", State.FAILED)
    assert "if that is the wrong way round, account-organisation is meant" in first.faults[0].remedy
    assert {one.says for one in others} == {"nobody is signed in; see the check sign_in"}
    rest = ["user", "installed", "objects", "grants", "procedures", "tasks_resumed", "earlier_design"]
    assert [one.id for one in others] == rest


def test_a_role_that_may_not_be_asked_about_is_no_pass() -> None:
    hidden = {role: RefusedError("refused", "not authorized") for role in ROLES}
    found = result(named("grants"), place(right() | {"show_grants_to_role": hidden}))
    assert (found.state, "MANAGE GRANTS" in found.says) == (State.COULD_NOT_LOOK, True)


def test_a_missing_grant_is_printed_as_the_statement_to_run() -> None:
    answers = spoilt("show_grants_to_role/REPORT_PROBE", without("REPORT_PROBE", "JOB_INTAKE"))
    (fault,) = result(named("grants"), place(answers)).faults
    assert fault.remedy == "GRANT SELECT ON TABLE ANALYTICS_PLATFORM.REPORTING.JOB_INTAKE TO ROLE REPORT_PROBE;"


def test_a_requester_is_not_told_that_what_he_may_not_see_is_missing() -> None:
    seen = [{"name": name} for name in sorted(objects()["VIEW"])]  # and no table
    answers = right() | {"show_objects": seen}
    asked = place(answers)
    requester = replace(
        asked, rows=lambda name, **of: [{"has_it": of["role"] == "REPORT_REQUESTER"}] if name == "has_role"
        else asked.rows(name, **of),
    )  # fmt: skip
    assert result(named("objects"), requester).state is State.WELL
    assert result(named("objects"), asked).state is State.FAILED


def test_wrong_settings_are_faults_and_what_needs_them_could_not_look() -> None:
    wrong = "these settings cannot be used:\n  REPORTING_BUCKET: is not set\n  REPORTING_CLUSTER: is not set"
    results = {one.id: one for one in run(EVERY, place(right(), wrong=wrong))}
    said = [fault.says for fault in results["settings"].faults]
    assert said == ["REPORTING_BUCKET: is not set", "REPORTING_CLUSTER: is not set"]
    assert results["cluster"].state is State.COULD_NOT_LOOK
    assert results["sign_in"].state is State.WELL


@pytest.mark.parametrize(
    "error", [CannotLookError("this takes the right ecs:DescribeClusters"), KeyError("a bug")], ids=["denied", "broken"]
)
def test_what_may_not_be_read_is_neither_a_pass_nor_a_crash(error: Exception) -> None:
    found = result(named("cluster"), place(right() | {"ecs.describe_clusters": error}))
    assert found.state is State.COULD_NOT_LOOK
    assert "ecs:DescribeClusters" in found.says or "KeyError" in found.says


def test_a_check_that_hangs_is_left_behind_and_the_others_are_told() -> None:
    never = threading.Event()

    class Hangs:
        id, question, severity, reads, theory = "hangs", "?", Severity.ERROR, (), ""

        def look(self, _: Place) -> list[Any]:
            never.wait(60)
            return []

    told: list[Result] = []
    results = run([Hangs(), named("settings")], place(right()), limit_s=0.2, progress=told.append)
    never.set()
    assert [one.state for one in results] == [State.COULD_NOT_LOOK, State.WELL]
    assert {one.id for one in told} == {"hangs", "settings"}


@pytest.mark.parametrize(("name", "reads"), [("table", str), ("markdown", str), ("junit", ET.fromstring)])
def test_each_format_names_the_fault_and_its_remedy(name: str, reads: Callable[[str], Any]) -> None:
    results = run(EVERY, place(spoilt("ecs.describe_clusters/clusters", [])))
    text = FORMATS[name](results)
    assert reads(text) is not None
    assert "REPORTING_CLUSTER reporting is not there" in text
    assert "make the cluster" in text
    assert summary(results) == f"1 failed, {len(EVERY) - 1} well"
    if name == "junit":
        suite = ET.fromstring(text)
        assert (suite.get("tests"), suite.get("failures")) == (str(len(EVERY)), "1")


def test_the_reference_page_says_what_the_checks_say() -> None:
    text = tree.text(PAGE)
    assert text == page(text), "run python -m tests.house.doctor_page"
    rows = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", text, re.MULTILINE))
    assert list(rows) == [check.id for check in EVERY]
    (told,) = json.loads(policy())["Statement"]
    assert {right for check in EVERY for right in check.reads if ":" in right} == set(told["Action"])
    assert policy() in text


@pytest.mark.parametrize("check", EVERY, ids=lambda check: str(check.id))
def test_a_check_asks_aws_for_nothing_but_what_it_says_that_it_reads(check: Check) -> None:
    asked: set[str] = set()
    made = place(right())

    def aws(service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        name = "".join(word.capitalize() for word in operation.split("_"))
        asked.add(f"{_PREFIXES.get(service, service)}:{_RIGHTS.get(name, name)}")
        return made.aws(service, operation, **arguments)

    assert result(check, Place(**{**vars(made), "aws": aws})).state is State.WELL
    assert asked <= set(check.reads)
