"""One statement, one file: a header that says what it is, the names it binds, and the fence where it writes state.

``-- Params:`` names every bind, apart by spaces or commas, in whatever order reads best; ``-`` is none. Binds go by
name, so whoever runs a statement reads there what it needs.
"""

import re
from pathlib import Path

import pytest

from contract.binding import binds
from tests.house import tree

ALL = sorted([*tree.files(".sql", ("sql",)), *tree.files(".sql", ("local_cloud",))])
WITH_BINDS = [path for path in ALL if path.parts[1] in {"queries", "reports", "sample_data"}]
QUERIES = [path for path in ALL if path.parts[:2] == ("sql", "queries")]

STATE_TABLES = "job_state|job_results|job_events|type_state"
WRITE = r"INSERT\s+(?:OVERWRITE\s+)?INTO|MERGE\s+INTO|UPDATE|DELETE\s+FROM|TRUNCATE(?:\s+TABLE)?"
WRITES_STATE = re.compile(rf"\b(?:{WRITE})\s+(?:{STATE_TABLES})\b", re.IGNORECASE)
FENCE = re.compile(r"\brequest_id\s*=\s*'__leader__'\s+AND\s+(?:\w+\.)?fence\s*=\s*:fence\b", re.IGNORECASE)

REPLACES = re.compile(r"\bCREATE OR REPLACE (\w+)\b(?P<rest>[^;]*)", re.IGNORECASE)


def without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", sql, flags=re.DOTALL)


def header_faults(sql: str) -> list[str]:
    first = sql.splitlines()[0] if sql else ""
    return [] if re.fullmatch(r"-- [A-Z].*\.", first) else ["the first line is no sentence: '-- It does this.'"]


def params_faults(sql: str) -> list[str]:
    told = re.search(r"^-- Params:(.*)$", sql, re.MULTILINE)
    if told is None:
        return ["there is no line '-- Params: ...'"]
    named = [name for name in re.split(r"[\s,]+", told.group(1).strip()) if name != "-"]
    bound = binds(without_comments(sql))
    return [] if set(named) == set(bound) else [f"Params: {named}, but it binds {bound}"]


def fence_faults(sql: str) -> list[str]:
    text = without_comments(sql)
    return (
        ["it writes job state without asking for the fence"]
        if WRITES_STATE.search(text) and not FENCE.search(text)
        else []
    )


def grant_faults(sql: str) -> list[str]:
    """What loses its grants when it is replaced; a task has no COPY GRANTS and is altered instead."""
    return [
        f"replacing the {found.group(1)} drops its grants"
        for found in REPLACES.finditer(without_comments(sql))
        if not re.search(r"\bCOPY GRANTS\b", found.group("rest"), re.IGNORECASE)
    ]


@pytest.mark.parametrize("path", [path for path in ALL if path.parts[0] == "sql"], ids=str)
def test_an_upgrade_keeps_grants(path: Path) -> None:
    assert grant_faults(tree.text(path)) == []


@pytest.mark.parametrize("sql", ["CREATE OR REPLACE VIEW v AS SELECT 1", "CREATE OR REPLACE TASK t AS CALL f();"])
def test_lost_grants_are_noticed(sql: str) -> None:
    assert grant_faults(sql) != []


@pytest.mark.parametrize("path", ALL, ids=str)
def test_a_statement_says_in_a_sentence_what_it_is(path: Path) -> None:
    assert header_faults(tree.text(path)) == []


@pytest.mark.parametrize("path", WITH_BINDS, ids=str)
def test_a_statement_names_what_it_binds(path: Path) -> None:
    assert params_faults(tree.text(path)) == []


# It makes the fence where there is none, and is as good as none where there is one.
MAKES_THE_FENCE = {Path("sql/queries/recover_leader.sql")}


@pytest.mark.parametrize("path", sorted(set(QUERIES) - MAKES_THE_FENCE), ids=str)
def test_who_writes_job_state_carries_the_fence(path: Path) -> None:
    assert fence_faults(tree.text(path)) == []


def test_the_statements_that_write_state_are_recognised() -> None:
    writers = {path.stem for path in QUERIES if WRITES_STATE.search(without_comments(tree.text(path)))}
    assert {"claim", "write_state", "insert_results", "insert_events", "restamp", "take_fence"} <= writers
    assert {"insert_intake", "open_jobs"}.isdisjoint(writers)


@pytest.mark.parametrize("sql", ["SELECT 1", "--no space.\nSELECT 1", "-- Params: -\nSELECT 1", "-- no capital.\n", ""])
def test_a_missing_header_is_noticed(sql: str) -> None:
    assert header_faults(sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "-- Counts.\nSELECT :a",
        "-- Params: -\nSELECT :a",
        "-- Params: a\nSELECT 1",
        "-- Params: a b\nSELECT :b",
        "-- Params: a\nSELECT 1 -- :a",
    ],
)
def test_a_wrong_params_line_is_noticed(sql: str) -> None:
    assert params_faults(sql) != []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE job_state SET status = :status WHERE request_id = :request_id",
        "DELETE FROM job_results",
        "MERGE INTO job_state USING x ON 1 = 1 -- request_id = '__leader__' AND fence = :fence",
        "INSERT INTO job_events SELECT 1 WHERE EXISTS (SELECT 1 FROM job_state WHERE fence = :fence)",
    ],
)
def test_a_write_without_the_fence_is_noticed(sql: str) -> None:
    assert fence_faults(sql) != []


# Snowflake, reserved and limited keywords: not to be written as a key of a path.
KEYWORD_PATH = re.compile(
    r"\w:(?:rows?|values|order|group|start|table|from|to|on|set|by|in|all|union)\b", re.IGNORECASE
)
OF_THE_SESSION = re.compile(r"\b(?:CURRENT_DATE|CURRENT_TIMESTAMP|LOCALTIMESTAMP|GETDATE)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    "path", [path for path in ALL if path.parts[0] == "sql" and path.parts[1] != "reports"], ids=str
)
def test_no_path_has_a_keyword_as_its_key_and_no_day_is_that_of_the_sessions_zone(path: Path) -> None:
    text = re.sub(r"'[^']*'", "''", without_comments(tree.text(path)))
    assert KEYWORD_PATH.findall(text) == []
    assert OF_THE_SESSION.findall(text) == []
