"""Bounds of a definition's parameters, and texts that have a form: what is wrong is told by its path, in words."""

from typing import Any

import pytest

from contract.definition import parse_definition
from contract.refusal import RefusedError
from contract.report import ReportDefinition
from tests.unit.contract.test_definitions import changed, refused


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        ({"type": "integer", "minimum": 5, "maximum": 1}, "minimum"),
        ({"type": "number", "minimum": "0.5", "maximum": 0.25}, "minimum"),
        ({"type": "string", "minLength": 5, "maxLength": 4}, "minLength"),
        ({"type": "string", "minLength": 201}, "minLength"),
    ],
)
def test_a_parameter_that_no_value_fits_is_refused_by_its_path(spec: dict[str, Any], field: str) -> None:
    document = changed("parameters/none", spec)
    document["queries"].append({"name": "other", "sql": "SELECT :none AS it"})
    assert refused(document) == [f"definition.parameters.none.{field}"]
    document["parameters"]["none"] |= {"maximum": 5, "maxLength": 4000}
    parse_definition(document)


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ({"type": "integer", "minimum": 1, "default": 0}, "0 is below minimum, which is 1"),
        ({"type": "number", "maximum": "0.5", "default": 0.75}, "0.75 is above maximum, which is 0.5"),
        (
            {"type": "string", "maxLength": 3, "default": "north"},
            "'north' is 5 characters long, which is above maxLength",
        ),
        ({"type": "string", "minLength": 2, "default": ""}, "'' is 0 characters long, which is below minLength"),
        ({"type": "string", "default": "x" * 201}, "is 201 characters long, which is above maxLength, which is 200"),
    ],
)
def test_a_default_that_no_caller_may_give_is_refused_by_its_path(spec: dict[str, Any], says: str) -> None:
    document = changed("parameters/none", spec)
    document["queries"].append({"name": "other", "sql": "SELECT :none AS it"})
    with pytest.raises(RefusedError) as wrong:
        parse_definition(document)
    (problem,) = wrong.value.problems
    assert problem.field == "definition.parameters.none.default"
    assert says in problem.says
    # One that is kept already is read as it is.
    assert ReportDefinition.model_validate(document).parameters["none"].default == spec["default"]
    document["parameters"]["none"] |= {"minimum": 0, "maximum": 1, "minLength": 0, "maxLength": 4000}
    parse_definition(document)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("due", "25:00", "definition.due: '25:00' is no time of day; write it as 06:30"),
        ("task_definition", "a b", "definition.task_definition: 'a b' is no task definition; write its family"),
        (
            "queries/0/columns",
            {"day": {"kind": "currency", "currency": "Euro"}},
            "'Euro' is no currency; write its ISO",
        ),
        ("queries/0/name", "By Day", "'By Day' is no name; take small letters"),
    ],
)
def test_a_text_that_does_not_have_its_form_is_told_in_words_and_not_by_a_pattern(
    path: str, value: object, says: str
) -> None:
    with pytest.raises(RefusedError) as wrong:
        parse_definition(changed(path, value) | {"cadence": "daily"})
    assert says in str(wrong.value)
    assert "^" not in str(wrong.value)
