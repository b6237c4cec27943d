"""Bad input is refused at the CALL, naming the field, and nothing is enqueued (P22)."""

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.acceptance.system.driving import Analyst

SALES = "CALL reporting.generate_report('SALES_REPORT', PARSE_JSON(?)::OBJECT)"
OPTIONS = "CALL reporting.generate_report('SALES_REPORT', OBJECT_CONSTRUCT(), PARSE_JSON(?)::OBJECT)"
VIA_ECS = "CALL reporting.generate_report_via_ecs(?, ?, PARSE_JSON(?))"

BAD = [
    ("unknown type", "CALL reporting.generate_report(?)", ["NO_SUCH_REPORT"], ["report_type", "NO_SUCH_REPORT"]),
    ("unknown parameter", SALES, ['{"colour": "red"}'], ["params.colour"]),
    ("missing parameter", SALES, ['{"start_date": "2026-01-01"}'], ["params.end_date", "missing"]),
    ("end before start", SALES, ['{"start_date": "2026-02-01", "end_date": "2026-01-01"}'], ["params.end_date"]),
    ("not a date", SALES, ['{"start_date": "soon", "end_date": "2026-01-01"}'], ["params.start_date", "soon"]),
    ("no such day", SALES, ['{"start_date": "2026-02-30", "end_date": "2026-03-01"}'], ["params.start_date"]),
    ("a number for a date", SALES, ['{"start_date": 5, "end_date": "2026-03-01"}'], ["params.start_date"]),
    (
        "out of range",
        "CALL reporting.generate_report('PRODUCT_PERFORMANCE', PARSE_JSON(?)::OBJECT)",
        ['{"top_n": 100000}'],
        ["params.top_n", "100000"],
    ),
    (
        "not one of the values",
        "CALL reporting.generate_report('CUSTOMER_ANALYSIS', PARSE_JSON(?)::OBJECT)",
        ['{"tier": "TIN"}'],
        ["params.tier", "TIN"],
    ),
    ("params not an object", "CALL reporting.generate_report('SALES_REPORT', PARSE_JSON(?))", ["[1]"], ["params"]),
    ("unknown option", OPTIONS, ['{"colour": 1}'], ["options.colour"]),
    ("unknown format", OPTIONS, ['{"formats": ["docx"]}'], ["options.formats"]),
    ("impossible size", OPTIONS, ['{"cpu": 256, "memory": 9000}'], ["options", "9000"]),
    ("priority out of range", OPTIONS, ['{"priority": 101}'], ["options.priority"]),
    ("dedupe key too long", OPTIONS, ['{"dedupe_key": "' + "x" * 201 + '"}'], ["options.dedupe_key"]),
    ("time-out too short", OPTIONS, ['{"timeout_s": 1}'], ["options.timeout_s"]),
    ("job id with spaces", VIA_ECS, ["a b", "sales_report", "{}"], ["job_id"]),
    ("job id too long", VIA_ECS, ["x" * 81, "sales_report", "{}"], ["job_id"]),
    ("unknown job type", VIA_ECS, ["id-1", "coffee_report", "{}"], ["job_type", "coffee_report"]),
    ("input data not an object", VIA_ECS, ["id-1", "sales_report", '"text"'], ["input_data"]),
    ("unknown input", VIA_ECS, ["id-1", "sales_report", '{"colour": 1}'], ["input_data.colour"]),
    ("old call, not a date", "CALL reporting.generate_sales_report_ecs('x', '2026-01-01')", [], ["start_date"]),
    (
        "old call, end before start",
        "CALL reporting.generate_sales_report_ecs('2026-02-01', '2026-01-01')",
        [],
        ["end_date"],
    ),
    ("future day", "CALL reporting.generate_daily_reports('2999-01-01'::DATE)", [], ["business_date", "2999"]),
    ("no such job", "CALL reporting.report_status(?)", ["nobody"], ["job_id", "nobody"]),
    ("no such job to wait for", "CALL reporting.wait_for_report(?)", ["nobody"], ["job_id", "nobody"]),
    ("no such old job", "CALL reporting.check_ecs_job_status(?)", ["nobody"], ["job_id", "nobody"]),
]


@pytest.mark.parametrize(("call", "binds", "says"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_p22_bad_input_is_refused_with_the_fields_name(
    analyst: Analyst, call: str, binds: list[str], says: list[str]
) -> None:
    before = analyst.rows("SELECT COUNT(*) AS n FROM reporting.job_intake")[0]["N"]
    with pytest.raises(ProgrammingError) as refused:
        analyst.call(call, *binds)
    for word in says:
        assert word.lower() in str(refused.value).lower()
    assert analyst.rows("SELECT COUNT(*) AS n FROM reporting.job_intake")[0]["N"] == before


def test_p22_every_wrong_field_is_named_at_once(analyst: Analyst) -> None:
    with pytest.raises(ProgrammingError) as refused:
        analyst.call(SALES, '{"start_date": "x", "end_date": "y", "colour": 1}')
    for field in ("params.start_date", "params.end_date", "params.colour"):
        assert field in str(refused.value)


def test_p22_a_job_id_is_used_once(analyst: Analyst) -> None:
    first = analyst.call(VIA_ECS, "my-job", "sales_report", '{"start_date": "2026-01-01", "end_date": "2026-01-31"}')
    assert set(first) == {
        "status",
        "job_id",
        "message",
        "tracking_id",
        "estimated_completion",
        "s3_output_location",
    }
    with pytest.raises(ProgrammingError, match=r"job_id.*my-job.*already used"):
        analyst.call(VIA_ECS, "my-job", "sales_report", "{}")
    assert len(analyst.rows("SELECT 1 FROM reporting.job_intake WHERE job_id = 'my-job'")) == 1


def test_waiting_inside_an_open_transaction_is_refused_at_once(analyst: Analyst) -> None:
    analyst.rows("BEGIN")
    job_id = analyst.call("CALL reporting.generate_report('DATA_QUALITY')")["job_id"]
    with pytest.raises(ProgrammingError, match="COMMIT first"):
        analyst.call("CALL reporting.wait_for_report(?)", job_id)
    analyst.rows("ROLLBACK")
    assert analyst.rows("SELECT 1 FROM reporting.job_intake WHERE job_id = ?", job_id) == []
