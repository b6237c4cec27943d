"""What is meant to do harm, through real CALLs: refused with its field, or kept as the value that it is."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from tests.conformance.ports.stores import SnowflakeQueue
from tests.house import tree
from tests.unit.procs.test_any_input import SIGNATURES

PLACE = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH", "paramstyle": "qmark"}
RAISED = 100357
HARM = (
    "'; DELETE FROM job_intake; --",
    "x' OR '1'='1",
    '🧾\u202e\ufeff é \\ " ${x} {{ y }} :job_id ? %s',
    "__leader__",
    "x" * 20_000,
)
TEXTS = {
    "generate_report(?)": "report_type",
    "backfill_reports(?, '2026-01-01', '2026-01-02')": "report_type",
    "drop_report(?)": "report_type",
    'define_report(?, PARSE_JSON(\'{"title": "t", "queries": [{"name": "q", "sql": "SELECT 1 AS n"}]}\'))': (
        "report_type"
    ),
    "pause_reports(?)": "report_type",
    "resume_reports(?)": "report_type",
    "report_status(?)": "job_id",
    "wait_for_report(?, 0)": "job_id",
    "report_url(?)": "job_id",
    "cancel_report(?)": "job_id",
    "retry_report(?)": "job_id",
    "check_ecs_job_status(?)": "job_id",
    "generate_report_via_ecs(?, 'SALES_REPORT', PARSE_JSON('{}'))": "job_id",
    "generate_report_via_ecs('nasty-2', ?, PARSE_JSON('{}'))": "job_type",
    "generate_sales_report_ecs(?, '2026-01-01')": "start_date",
    "generate_sales_report_ecs('2026-01-01', ?)": "end_date",
    "generate_sales_report_ecs('2026-01-01', '2026-01-02', ?)": "job_id",
}
SHAPES = ("[]", "1", '"text"', "true", "null", '{"a": {"b": [1, null, {"c": "; DROP TABLE job_intake"}]}}', "[[[]]]")
VARIANTS = {
    "generate_report('SALES_REPORT', PARSE_JSON(?))": "params",
    "generate_report('SALES_REPORT', OBJECT_CONSTRUCT(), PARSE_JSON(?))": "options",
    "generate_reports(PARSE_JSON(?))": "requests",
    "define_report('NASTY', PARSE_JSON(?))": "definition",
    "generate_report_via_ecs('nasty-1', 'SALES_REPORT', PARSE_JSON(?))": "input_data",
}


# Of each number and day, values that nobody can mean; what NULL means is the procedure's own.
BEYOND = {
    "prune_history(?)": ("keep_days", (None, -1, 0, 2**63 - 1)),
    "generate_missing_reports(?)": ("days", (None, -1, 0, 2**63 - 1)),
    "wait_for_report('nobody', ?)": ("timeout_s", (None, -1, 2**63 - 1)),
    "report_url('nobody', ?)": ("expires_s", (None, -1, 0, 2**63 - 1)),
    "generate_daily_reports(?)": ("business_date", ("0001-01-01", "9999-12-31")),
    "generate_weekly_reports(?)": ("week_of", ("0001-01-01", "9999-12-31")),
    "generate_monthly_reports(?)": ("month", ("0001-01-01", "9999-12-31")),
    "generate_quarterly_reports(?)": ("quarter", ("0001-01-01", "9999-12-31")),
    "backfill_reports('SALES_REPORT', ?, '2026-01-01')": ("from_date", (None, "0001-01-01", "9999-12-31")),
    "backfill_reports('SALES_REPORT', '2026-01-01', ?)": ("to_date", (None, "0001-01-01", "9999-12-31")),
}


@pytest.fixture
def cursor(snowflake_arguments: dict[str, Any], snowflake_queue: SnowflakeQueue) -> Iterator[Any]:
    snowflake_queue.empty()
    with snowflake.connector.connect(**snowflake_arguments | PLACE) as connection:
        yield connection.cursor()
    snowflake_queue.empty()


def said(cursor: Any, call: str, value: object) -> str | None:
    """The refusal, with what stands before it; None when the CALL was answered.

    Raises:
        ProgrammingError: the handler raised something else than a refusal.
    """
    try:
        cursor.execute(f"CALL {call}", (value,))
    except ProgrammingError as error:
        if error.errno == RAISED and "RefusedError: " not in str(error.msg):
            raise
        return str(error.msg)
    return None


def test_p22_every_procedure_that_takes_texts_or_variants_is_called_with_harm() -> None:
    # compile_queries is the procedures' own: who may call it is their owner.
    called = {call.partition("(")[0] for call in (*TEXTS, *VARIANTS)} | {"compile_queries"}
    assert called == {
        name
        for name, arguments in SIGNATURES.items()
        if {"STRING", "OBJECT", "ARRAY", "VARIANT"} & set(dict(arguments).values())
    }


@pytest.mark.parametrize("call", TEXTS)
def test_p22_a_text_that_is_sql_is_refused_by_its_field_and_does_nothing(cursor: Any, call: str) -> None:
    for harm in HARM:
        refusal = said(cursor, call, harm)
        assert refusal is not None
        assert f"RefusedError: {TEXTS[call]}: " in refusal
    assert cursor.execute("SELECT COUNT(*) FROM job_intake").fetchone() == (0,)


@pytest.mark.parametrize("call", BEYOND)
def test_p22_a_number_or_a_day_that_nobody_can_mean_is_refused_by_its_field(cursor: Any, call: str) -> None:
    field, values = BEYOND[call]
    for value in values:
        refusal = said(cursor, call, value)
        assert refusal is not None, value
        assert f"{field}: " in refusal, (value, refusal)
    assert cursor.execute("SELECT COUNT(*) FROM job_intake").fetchone() == (0,)


@pytest.mark.parametrize("call", VARIANTS)
def test_p22_a_variant_of_any_shape_is_refused_by_its_field_or_taken_as_nothing(cursor: Any, call: str) -> None:
    for shape in SHAPES:
        refusal = said(cursor, call, shape)
        assert refusal is not None or shape == "null", shape
        assert refusal is None or VARIANTS[call] in refusal or "RefusedError: " not in refusal, refusal


def test_p22_a_value_that_is_sql_is_kept_as_it_is(cursor: Any) -> None:
    for harm in HARM[:4]:
        (answer,) = cursor.execute(
            "CALL generate_report('SALES_REPORT', OBJECT_CONSTRUCT(), OBJECT_CONSTRUCT('dedupe_key', ?))", (harm,)
        ).fetchone()
        kept = cursor.execute("SELECT dedupe_key FROM jobs WHERE job_id = ?", (json.loads(answer)["job_id"],))
        assert kept.fetchone() == (harm,)


def test_p22_a_refusal_is_its_sentence_with_one_frame_of_python_above_it_as_the_page_shows(cursor: Any) -> None:
    call = "CALL generate_report('SALES_REPORT', {'top_m': 1}, {'priority': 700})"
    with pytest.raises(ProgrammingError) as refused:
        cursor.execute(call)
    (shown,) = re.findall(r"### Refusals\n.*?```text\n(.*?)```", tree.text(Path("docs/reference/sql.md")), re.DOTALL)
    told = re.sub(r'File ".*?/snowpark_procs', 'File "…/snowpark_procs', str(refused.value.raw_msg))
    assert re.sub(r"line \d+", "line …", told).strip() == shown.strip()
