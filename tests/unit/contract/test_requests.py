"""Options, sizes, definitions and texts: what is refused, and how it is said."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import ValidationError

from contract.outcome import cut
from contract.refusal import RefusedError, shown
from contract.report import ReportDefinition, ReportFormat
from contract.request import RequestOptions, check_size, effective_definition, parse_options
from contract.resources import FARGATE_SIZES, Resources
from tests.jobs import definition


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"prioritty": 1}, "options.prioritty"),
        ({"priority": 101}, "options.priority"),
        ({"priority": "high"}, "options.priority"),
        ({"formats": []}, "options.formats"),
        ({"formats": ["docx"]}, "options.formats[0]"),
        ({"not_before": "tomorrow"}, "options.not_before"),
        ({"not_before": "2026-03-01T06:00:00 in the morning"}, "options.not_before"),
        ({"not_before": 1_795_336_821}, "options.not_before"),
        ({"priority": True}, "options.priority"),
        ({"priority": "50"}, "options.priority"),
        ({"business_date": "2026-11-20T00:00:00"}, "options.business_date"),
        ({"business_date": 20261120}, "options.business_date"),
        ({"dedupe_key": ""}, "options.dedupe_key"),
        ({"business_date": "1.3.2026"}, "options.business_date"),
        ({"timeout_s": 5}, "options.timeout_s"),
        ({"max_attempts": 0}, "options.max_attempts"),
        ({"cpu": 256}, "options"),
        ({"cpu": 256, "memory": 513}, "options"),
        ({"cpu": 300, "memory": 512}, "options"),
    ],
)
def test_p22_a_wrong_option_is_refused_by_name(options: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_options(options)
    assert refused.value.problems[0].field == field


def test_options_lie_over_the_definition_and_leave_the_rest() -> None:
    options = RequestOptions(
        formats=(ReportFormat.CSV,), cpu=1024, memory=4096, timeout_s=60, max_attempts=1, priority=0
    )
    changed = effective_definition(definition(), options)
    assert changed.formats == (ReportFormat.CSV,)
    assert changed.resources == Resources(cpu=1024, memory_mb=4096)
    assert (changed.timeout_s, changed.max_attempts, changed.priority) == (60, 1, 0)
    assert effective_definition(definition(), RequestOptions()) == definition()


def test_parameters_that_are_too_long_to_travel_are_refused() -> None:
    check_size({"a": "x" * 15_999})
    with pytest.raises(RefusedError, match="16000 is the most"):
        check_size({"a": "x" * 16_000})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"queries": []}, "queries"),
        ({"queries": [{"name": "q", "sql": "SELECT 1"}] * 2}, "every name stands once"),
        ({"queries": [{"name": "q", "sql": "SELECT :unknown"}]}, "unknown: used"),
        ({"required": ["nobody"]}, "nobody: used"),
        ({"ranges": [["top_n", "top_n"]]}, "a range goes from date to date"),
        ({"parameters": {"Top": {"type": "integer"}}}, "parameters"),
        ({"parameters": {"top_n": {"type": "integer", "format": "date"}}}, "format date goes with type string"),
        ({"parameters": {"top_n": {"type": "integer", "default": "5"}}}, "default '5' is not of type integer"),
        ({"parameters": {"top_n": {"type": "number", "default": True}}}, "default True is not of type number"),
        ({"parameters": {"top_n": {"type": "string", "default": "a", "enum": ["b"]}}}, "default 'a' is not in enum"),
        ({"parameters": {"top_n": {"type": "string", "format": "date", "default": "someday"}}}, "top_n"),
        ({"resources": {"cpu": 256, "memory_mb": 4096}}, "does not go with cpu 256"),
    ],
)
def test_p22_a_definition_that_cannot_work_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        definition(**changes)


def test_every_size_of_the_table_is_accepted() -> None:
    assert all(Resources(cpu=cpu, memory_mb=size) for cpu, sizes in FARGATE_SIZES.items() for size in sizes)


def test_a_definition_survives_its_json() -> None:
    whole = definition(ranges=[], cadence="daily")
    assert ReportDefinition.model_validate_json(whole.model_dump_json()) == whole


def test_a_text_is_cut_at_bytes_and_never_in_the_middle_of_a_character() -> None:
    assert cut("ä" * 10, 20) == "ä" * 10
    for size in range(4, 20):
        start, end = cut("ä" * 20, size), cut("ä" * 20, size, keep_end=True)
        assert len(start.encode()) <= size
        assert len(end.encode()) <= size
        assert (start[-1], end[0]) == ("…", "…")


def test_a_long_value_is_shown_in_part() -> None:
    assert len(shown("x" * 1000)) == 80


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-01T06:00:00Z",
        "2026-12-01 06:00:00.000 +0000",
        "2026-12-01 07:00:00.000000000 +0100",
        "2026-12-01 06:00:00.0000+00",
        "2026-12-01 06:00:00",
        "2026-12-01T06:00",
    ],
)
def test_a_time_is_read_as_snowflake_and_people_write_it(written: str) -> None:
    assert parse_options({"not_before": written}).not_before == datetime(2026, 12, 1, 6, tzinfo=UTC)


def test_a_format_said_twice_is_one_file() -> None:
    assert parse_options({"formats": ["csv", "json", "csv"]}).formats == (ReportFormat.CSV, ReportFormat.JSON)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"formats": "csv"}, "options.formats: 'csv' is not a list; write it as ['…']"),
        (
            {"formats": ["CSV"]},
            "options.formats[0]: 'CSV' is not one of 'csv', 'ndjson', 'json', 'parquet', 'xlsx', 'html' or 'pdf'",
        ),
        ({"formats": []}, "options.formats: needs at least 1"),
        ({"cpu": 256, "memory": 8192}, "options: memory 8192 MiB does not go with cpu 256; take 512, 1024, 2048"),
        ({"priority": 101}, "options.priority: 101 is above 100"),
        ({"business_date": "x"}, "options.business_date: 'x' is not a date; write it as YYYY-MM-DD"),
    ],
)
def test_p22_a_refusal_is_in_the_callers_words(options: dict[str, object], says: str) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_options(options)
    assert str(refused.value) == says


def test_p22_an_unknown_option_is_told_which_there_are() -> None:
    with pytest.raises(
        RefusedError,
        match=r"options.prio: is not known; did you mean priority\? known are formats, priority, not_before",
    ):
        parse_options({"prio": 5})


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"cpu": 1024, "timeout_s": 1}, ["options.timeout_s", "options"]),
        ({"cpu": 1024, "memory": 512, "colour": 1}, ["options.colour", "options"]),
        ({"cpu": 1024, "memory": "x", "timeout_s": 1}, ["options.memory", "options.timeout_s"]),
        ({"cpu": 1024}, ["options"]),
    ],
)
def test_p22_options_that_do_not_go_together_are_told_with_those_that_are_wrong(
    given: dict[str, Any], fields: list[str]
) -> None:
    with pytest.raises(RefusedError) as refused:
        parse_options(given)
    assert sorted(problem.field for problem in refused.value.problems) == sorted(fields)
