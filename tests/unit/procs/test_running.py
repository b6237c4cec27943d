"""How far a running job is: when it is asked, what may stand in the statement, what is believed of the answer."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.manifest import PROGRESS_NAME
from contract.states import JobState
from snowpark_procs.running import so_far
from snowpark_procs.statements import run_at
from sql import load
from tests.house import tree

RUNNING = {
    "status": "RUNNING", "report_type": "SALES", "business_date": "2026-03-04", "job_id": "j-1_A", "attempt": 2,
}  # fmt: skip
PREFIX = "reports/SALES/2026-03-04/j-1_A/2/"


class Row:
    """A row as Snowpark hands it over."""

    def __init__(self, **values: Any) -> None:
        self._values = values

    def as_dict(self) -> dict[str, Any]:
        return self._values


class Snowflake:
    """Keeps every statement, and answers as it was told."""

    def __init__(self, *rows: Row) -> None:
        self.rows = list(rows)
        self.statements: list[str] = []
        self.error: Exception | None = None
        self.session = cast(Session, self)

    def sql(self, text: str, params: list[Any]) -> "Snowflake":
        assert params == []
        self.statements.append(text)
        return self

    def collect(self) -> list[Row]:
        if self.error:
            raise self.error
        return self.rows


def test_stage_and_rows_of_the_attempt_that_runs_are_told() -> None:
    snowflake = Snowflake(Row(STAGE="writing", ROW_COUNT="1200000", READ_AT=None))
    assert so_far(snowflake.session, RUNNING) == ("writing", 1_200_000)
    (statement,) = snowflake.statements
    assert f"FROM '@report_links/SALES/2026-03-04/j-1_A/2/{PROGRESS_NAME}'\n" in statement
    assert "SYSDATE()" in statement, "without it Snowflake may answer with the result of the last time"
    assert so_far(snowflake.session, RUNNING | {"business_date": None}) == ("writing", 1_200_000)
    assert "@report_links/SALES/adhoc/j-1_A/2/" in snowflake.statements[1]


@pytest.mark.parametrize("job", [*({"status": s} for s in JobState if s is not JobState.RUNNING), {"attempt": None}])
def test_only_of_a_running_attempt_is_it_asked(job: dict[str, Any]) -> None:
    snowflake = Snowflake(Row(STAGE="writing", ROW_COUNT="7"))
    assert so_far(snowflake.session, RUNNING | job) is None
    assert snowflake.statements == []


@pytest.mark.parametrize(
    ("stage", "rows"),
    [
        (None, None), ("writing", None), ("writing", "many"), ("writing", "-1"), ("writing", "1" * 16),
        ("writing", "1.5"), ("writing", "\N{ARABIC-INDIC DIGIT THREE}"), ("writing", "1\n"), ("", "1"), ("x" * 21, "1"),
        ("wri'ting", "1"), ("<b>", "1"), ("writing\n", "1"), ("\x00", "1"), ({}, []),
    ],
)  # fmt: skip
def test_what_is_no_stage_with_rows_is_not_told(stage: Any, rows: Any) -> None:
    assert so_far(Snowflake(Row(STAGE=stage, ROW_COUNT=rows)).session, RUNNING) is None


def test_a_file_that_is_not_there_yet_or_a_stage_that_nobody_made_is_no_fault() -> None:
    snowflake = Snowflake()
    assert so_far(snowflake.session, RUNNING) is None
    snowflake.error = SnowparkSQLException("Stage REPORT_LINKS does not exist", sql_error_code=2003)
    assert so_far(snowflake.session, RUNNING) is None
    assert len(snowflake.statements) == 2


def hostile() -> Iterator[str]:
    """The prefix with something in it that has no business there, at every third place, and prefixes of other forms."""
    quotes = ("'", '"', "\\", ";", "/*", "$$", ":a", "?", "{{ x }}", "%", "@other/")
    paths = ("..", "/", "\n", "\r", "\t", " ", "\x00", "é", "\N{ARABIC-INDIC DIGIT THREE}", "\u2028", "\ufeff")
    for part in quotes + paths:
        for at in range(0, len(PREFIX) + 1, 3):
            yield PREFIX[:at] + part + PREFIX[at:]
    yield from ("", "/", "reports/", PREFIX[:-1], PREFIX + "x", "x" + PREFIX, PREFIX + "\n", PREFIX + PREFIX)
    for mine, other in (("/2/", "/0/"), ("j-1_A", "j" * 81), ("2026-03-04", "today"), ("SALES", "sales")):
        yield PREFIX.replace(mine, other)


@pytest.mark.parametrize("prefix", sorted(set(hostile()) - {PREFIX}))
def test_nothing_but_the_prefix_of_an_attempt_gets_into_a_statement(prefix: str) -> None:
    snowflake = Snowflake()
    with pytest.raises(ValueError, match="is not the prefix of an attempt, so so_far is not asked"):
        run_at(snowflake.session, "so_far", prefix)
    assert snowflake.statements == []


@pytest.mark.parametrize("job_id", ["x' OR '1", "../../control", "é", "a b", "j;", "j\n"])
def test_a_job_of_an_unlikely_name_is_told_without_it(job_id: str) -> None:
    snowflake = Snowflake(Row(STAGE="writing", ROW_COUNT="7"))
    assert so_far(snowflake.session, RUNNING | {"job_id": job_id}) is None
    assert snowflake.statements == []


def test_only_a_definitions_own_query_and_the_statements_by_name_are_asked_by_the_procedures() -> None:
    files = {path.name: tree.text(path) for path in tree.files(".py", ("snowpark_procs",))}
    assert {name for name, text in files.items() if ".sql(" in text} == {"compiling.py", "statements.py"}
    assert files["statements.py"].count(".sql(") == files["statements.py"].count(".replace(") == 1
    assert load("so_far").count("{{ ") == 1
