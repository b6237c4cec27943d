"""Every procedure takes or refuses whatever its types let through, and what it is given never becomes SQL.

The procedures are those of ``signatures.txt``, so that a new one is among them by itself.
"""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.binding import binds
from contract.refusal import RefusedError
from contract.report import ParameterSpec, ReportDefinition
from contract.request import RequestOptions
from snowpark_procs import handlers
from sql import load
from tests.house import tree
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import NOW, job_row, stored

HOUSE = Path("tests/house")
PROCEDURE = re.compile(r"procedure (\w+)\((.*)\) returns VARIANT")
SIGNATURES = {
    found[1]: re.findall(r"(\w+) (STRING|NUMBER|DATE|OBJECT|ARRAY|VARIANT)\b", found[2])
    for line in tree.text(HOUSE / "signatures.txt").splitlines()
    if (found := PROCEDURE.fullmatch(line))
}
ANSWERS = {
    name: set(keys.split())
    for name, keys in (line.split(": ") for line in tree.text(HOUSE / "answers.txt").splitlines())
}
# Its argument is SQL, which it has described and nothing else; whoever may call it is its owner.
ABOUT_SQL = {"compile_queries"}
WRITING = {"insert_intake", "insert_command", "add_report_version"}


class SqlNull:
    """How Snowflake hands over a NULL in a VARIANT."""

    is_sql_null = True


NASTY = [
    "",
    " ",
    "'",
    "'; DROP TABLE job_intake; --",
    '" OR 1=1 /*',
    "$$",
    ":job_id ? %s {0}",
    "\x00",
    "é" * 300,
    "🧾\u202e\ufeff",
    "x" * 20_000,
    "__leader__",
    "*",
    "NaN",
    "2026-02-30",
    "0001-01-01",
]
KNOWN = [
    "SALES_REPORT",
    "sales_report ",
    "WEEKLY_REPORT",
    "OFF_REPORT",
    "done",
    "made",
    "open",
    "2026-03-01",
    "{}",
    "[]",
]
KEYS = ["report_type", "params", "options", "title", "queries", "name", "sql", "top_n", "values", "parameters", "type"]

texts = st.none() | st.sampled_from(KNOWN) | st.sampled_from(NASTY) | st.text(max_size=20)
leaves = st.booleans() | st.integers() | st.floats() | texts | st.decimals(allow_nan=True)
keys = st.sampled_from([*KEYS, *sorted(RequestOptions.model_fields), *sorted(ReportDefinition.model_fields)])
variants = st.just(SqlNull()) | st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


def mostly(good: st.SearchStrategy[Any], anything: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Half of what is drawn is good, or a call of several arguments would hardly ever be taken."""
    return st.booleans().flatmap(lambda chosen: good if chosen else anything)


params = st.fixed_dictionaries({"top_n": mostly(st.integers(1, 9), leaves)})
options = st.dictionaries(st.sampled_from(sorted(RequestOptions.model_fields)), leaves, max_size=2)
types = st.sampled_from(["SALES_REPORT", "sales_report ", "WEEKLY_REPORT"])
days = st.dates(date(2026, 1, 1), date(2026, 3, 8))
query = {"name": "q", "sql": "SELECT :top_n AS n"}
documents = st.fixed_dictionaries(
    {"title": st.just("t"), "queries": st.just([query]), "parameters": st.just({"top_n": {"type": "number"}})},
    optional={"description": texts, "shared": leaves, "cadence": texts, "formats": variants},
)
requests = st.fixed_dictionaries({"report_type": types}, optional={"params": variants | params})
KINDS: dict[str, st.SearchStrategy[Any]] = {
    "STRING": texts,
    "NUMBER": st.none() | st.integers(-2, 4000) | st.integers(),
    "DATE": mostly(days, st.none() | st.dates()),
    "OBJECT": mostly(st.just({}) | params, options | documents | variants),
    "ARRAY": mostly(st.lists(requests, max_size=3), variants),
    "VARIANT": mostly(st.just({}) | params, variants),
}
NAMED: dict[str, st.SearchStrategy[Any]] = {
    "definition": mostly(documents, variants),
    "report_type": mostly(types, texts),
    "job_type": mostly(types, texts),
    "source": mostly(st.just("x"), texts),
    "job_id": mostly(st.sampled_from(["done", "made", "open", "Of-My_own"]), texts),
    "start_date": mostly(days.map(str), texts),
    "end_date": mostly(days.map(str), texts),
}


def report_types() -> list[dict[str, Any]]:
    sales = {name: ParameterSpec(type="string", format="date", default="today") for name in ("start_date", "end_date")}
    sales["top_n"] = ParameterSpec(type="integer", default=5, minimum=1, maximum=100)
    off = stored("OFF_REPORT", enabled=False, cadence="daily")
    weekly = stored("WEEKLY_REPORT", cadence="weekly")
    return [stored("SALES_REPORT", cadence="daily", parameters=sales), off, weekly, stored("CONNECTION_TEST")]


def jobs() -> dict[str, dict[str, Any]]:
    usual = {"options": "{}", "params": '{"top_n": 7}', "business_date": None, "trace_id": "t", "files": 0}
    usual |= dict.fromkeys(("error", "diagnosis", "remedy", "result_uri"))
    statuses = {"done": "FAILED", "made": "SUCCEEDED", "open": "CANCELLING"}
    return {name: job_row(**usual | {"job_id": name, "status": status}) for name, status in statuses.items()}


@pytest.fixture
def filled(database: Database) -> Database:
    types, rows = report_types(), jobs()
    database.answers = {
        "now": [{"now": NOW}],
        "today_in": [{"today": NOW.date()}],
        "holidays": [],
        "installation": [{"installation": "prod", "bucket": "files"}],
        "report_type": lambda report_type: [row for row in types if row["report_type"] == report_type],
        "report_types": types,
        "job_for_caller": lambda job_id: [rows[job_id]] if job_id in rows else [],
        "never_asked_for": [],
        "files_of_job": [],
        "newest_version": [],
        "kept_version": [{"version": 1}],
        "add_report_version": [{"number of rows inserted": 1}],
        "call_compile_queries": lambda queries: [
            {"answer": json.dumps([{"columns": ["A"]} for _ in json.loads(queries)])}
        ],
        "typical_seconds": [{"seconds": None}],
        "current_transaction": [{"transaction_id": None}],
        **{name: [] for name in ("known_jobs", "open_job_of_key", "open_jobs_of_keys")},
        **{name: [] for name in ("insert_intake", "insert_command")},
    }
    return database


def test_the_list_of_answers_has_every_procedure_but_those_that_answer_with_a_row() -> None:
    assert SIGNATURES.keys() - ANSWERS.keys() == {"report_status", "wait_for_report", *ABOUT_SQL}
    assert ANSWERS.keys() <= SIGNATURES.keys()


@pytest.mark.parametrize("name", sorted(SIGNATURES.keys() - ABOUT_SQL))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.data())
def test_p22_a_call_is_answered_or_refused_by_field_and_its_input_goes_as_binds(
    filled: Database, name: str, data: st.DataObject
) -> None:
    arguments = [data.draw(NAMED.get(argument, KINDS[kind]), label=argument) for argument, kind in SIGNATURES[name]]
    filled.asked.clear()
    if name == "wait_for_report":
        arguments[1] = -1 if arguments[1] is None else min(arguments[1], 0)  # no test waits
    refused, answer = None, {}
    try:
        answer = getattr(handlers, name)(filled.session, *arguments)
    except RefusedError as error:
        refused = error
    if refused is None:
        assert set(answer) == ANSWERS.get(name, set(answer))
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    else:
        assert refused.problems
        assert all(problem.field and problem.says for problem in refused.problems)
        assert WRITING.isdisjoint(asked for asked, _ in filled.asked)
    # The session is no session: whatever is asked goes through the statements, whose texts are files.
    for asked, values in filled.asked:
        assert set(binds(load(asked))) == values.keys()


def test_p22_what_compiles_refuses_what_is_no_list_of_queries(filled: Database) -> None:
    for queries in (*NASTY, "{}", "[1]", '[{"sql": 1, "values": []}]', '[{"sql": "SELECT 1"}]', '[{"values": []}]'):
        if queries:
            with pytest.raises(RefusedError, match=r"^queries: "):
                handlers.compile_queries(filled.session, queries)
