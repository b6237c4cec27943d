"""What a caller gave, checked: each kind of wrong value names its field."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from contract.parameters import resolve_parameters
from contract.refusal import RefusedError
from contract.report import ReportDefinition
from tests.jobs import definition

DAY = date(2026, 3, 1)
RANGE = definition(
    parameters={
        "start_date": {"type": "string", "format": "date", "default": "start_of_month-11m"},
        "end_date": {"type": "string", "format": "date", "default": "business_date"},
        "top_n": {"type": "integer", "minimum": 1, "maximum": 100, "default": 10},
        "share": {"type": "number", "minimum": 0.0, "maximum": 1.0},
        "tier": {"type": "string", "enum": ["GOLD", "SILVER"], "maxLength": 10},
        "note": {"type": "string", "minLength": 2, "maxLength": 5},
        "strict": {"type": "boolean", "default": False},
    },
    ranges=[["start_date", "end_date"]],
    queries=[{"name": "q", "sql": "SELECT :start_date, :end_date"}],
)


def problems(what: ReportDefinition, given: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(RefusedError) as refused:
        resolve_parameters(what, given, DAY)
    return {problem.field: problem.says for problem in refused.value.problems}


def test_what_is_not_given_has_its_default_and_dates_count_from_the_business_date() -> None:
    assert resolve_parameters(RANGE, {}, DAY) == {
        "start_date": "2025-04-01",
        "end_date": "2026-03-01",
        "top_n": 10,
        "share": None,
        "tier": None,
        "note": None,
        "strict": False,
    }


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("top_n", "10", "not a number"),
        ("top_n", True, "true is not a number"),
        ("top_n", 1.5, "not a whole number"),
        ("top_n", 0, "below 1"),
        ("top_n", 101, "above 100"),
        ("top_n", 10**400, "too large"),
        ("top_n", [1], "not a number"),
        ("share", float("nan"), "not a number"),
        ("share", float("inf"), "not a number"),
        ("share", 1.01, "above 1"),
        ("tier", "BRONZE", "not one of GOLD, SILVER"),
        ("tier", 5, "not text"),
        ("note", "x", "too short"),
        ("note", "x" * 6, "6 characters long"),
        ("note", {"a": 1}, "not text"),
        ("strict", "yes", "neither true nor false"),
        ("strict", 1, "neither true nor false"),
        ("nonsense", 1, "not a parameter of this report; it takes start_date"),
        ("strat_date", "x", "not a parameter of this report; did you mean start_date? it takes start_date"),
    ],
)
def test_p22_a_wrong_value_is_refused_by_name(name: str, value: object, says: str) -> None:
    found = problems(RANGE, {name: value})
    assert list(found) == [f"params.{name}"]
    assert says in found[f"params.{name}"]


@pytest.mark.parametrize("value", ["2026-02-30", "01.02.2026", "2026-2-1", "20260201", "today", "", 5, None.__class__])
def test_p22_a_wrong_date_is_refused_by_name(value: object) -> None:
    assert "YYYY-MM-DD" in problems(RANGE, {"start_date": value, "end_date": "2026-03-01"})["params.start_date"]


def test_p22_every_problem_is_told_at_once() -> None:
    found = problems(RANGE, {"top_n": 0, "tier": "X", "bad": 1})
    assert set(found) == {"params.top_n", "params.tier", "params.bad"}


def test_p22_a_range_with_one_end_is_refused_because_the_other_would_be_nobodys_choice() -> None:
    assert problems(RANGE, {"start_date": "2026-01-01"}) == {"params.end_date": "is missing; it goes with start_date"}
    assert problems(RANGE, {"end_date": "2026-01-01"}) == {"params.start_date": "is missing; it goes with end_date"}


def test_p22_a_range_that_ends_before_it_begins_is_refused() -> None:
    found = problems(RANGE, {"start_date": "2026-02-02", "end_date": "2026-02-01"})
    assert "before start_date" in found["params.end_date"]


def test_p22_a_required_parameter_is_missed_by_name() -> None:
    needs = definition(required=["top_n"], parameters={"top_n": {"type": "integer"}})
    assert problems(needs, {}) == {"params.top_n": "is missing; this report needs it"}
    assert problems(needs, {"top_n": None}) == {"params.top_n": "is missing; this report needs it"}


def test_null_is_the_same_as_not_given() -> None:
    assert resolve_parameters(RANGE, {"top_n": None}, DAY)["top_n"] == 10


def test_a_day_of_snowflake_is_a_date() -> None:
    given = {"start_date": date(2026, 1, 1), "end_date": datetime(2026, 1, 31, 12, tzinfo=UTC)}
    values = resolve_parameters(RANGE, given, DAY)
    assert (values["start_date"], values["end_date"]) == ("2026-01-01", "2026-01-31")


def test_a_whole_float_is_an_integer() -> None:
    value = resolve_parameters(RANGE, {"top_n": 5.0}, DAY)["top_n"]
    assert (value, type(value)) == (5, int)
