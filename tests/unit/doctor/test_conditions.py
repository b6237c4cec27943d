"""Health checks that conditions of a template make others: every branch that is open is judged."""

import pytest

from doctor.health_checks.judge import judge
from doctor.health_checks.reading import checks_in
from tests.unit.doctor.test_templates import of

CONDITIONAL = """
Parameters: {Stage: {Type: String}}
Conditions: {IsProd: !Equals [!Ref Stage, prod], IsTest: !Equals [!Ref Stage, test]}
Resources:
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      ContainerDefinitions:
        - Name: app
          Image: python:3.11-slim
          HealthCheck:
            Command: !If [IsProd, GOOD, !If [IsTest, GOOD, BAD]]
"""
GOOD = "[CMD, python, -c, \"import os; os.stat('/tmp/alive')\"]"
BAD = '[CMD-SHELL, "pgrep -f [w]orker || exit 1"]'


@pytest.mark.parametrize(
    ("first", "other", "passes", "says"),
    [
        (GOOD, BAD, "depends", ["`pgrep` is not in", "(when Stage is none of those named)"]),
        (BAD, GOOD, "depends", ["`pgrep` is not in", "(when Stage is 'prod', or Stage is 'test')"]),
        (BAD, BAD, False, ["`pgrep` is not in", "every time"]),
        (GOOD, GOOD, True, []),
    ],
)
def test_each_branch_that_a_condition_leaves_open_is_judged(
    first: str, other: str, passes: bool | str, says: list[str]
) -> None:
    template = CONDITIONAL.replace("GOOD", first).replace("BAD", other)
    (verdict,) = of(template)
    assert verdict is not None
    assert (verdict.can_ever_pass, verdict.can_ever_fail) == (passes, True)
    assert len(verdict.faults) == bool(says)
    assert all(words in verdict.faults[0].says for words in says)
    assert ("condition_decides" in {note.id for note in verdict.notes}) is (first != other)


def test_a_parameter_that_is_given_leaves_one_branch() -> None:
    for stage, passes in (("prod", True), ("other", False)):
        template = CONDITIONAL.replace("GOOD", GOOD).replace("BAD", BAD)
        (check,) = checks_in(template, parameters={"Stage": stage})
        verdict = judge(check)
        assert verdict is not None
        assert (check.otherwise, verdict.can_ever_pass) == ((), passes)


def test_a_condition_on_two_imports_is_taken_both_ways() -> None:
    template = CONDITIONAL.replace("!Equals [!Ref Stage, prod]", "!Equals [!ImportValue a, !ImportValue b]")
    (verdict,) = of(template.replace("GOOD", GOOD).replace("BAD", BAD))
    assert verdict is not None
    assert verdict.can_ever_pass == "depends"
    assert "the condition IsProd is false" in verdict.faults[0].says
