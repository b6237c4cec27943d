"""Report types defined by SQL: checked, compiled with the rights of the containers, kept as versions."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

PLACE = "ANALYTICS_PLATFORM.REPORTING"
DEFINE = f"CALL {PLACE}.define_report(?, PARSE_JSON(?)::OBJECT)"


class Author:
    """Somebody with the role REPORT_AUTHOR, and an administrator beside him."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.administrator = snowflake.connector.connect(**arguments, paramstyle="qmark")
        for sql in (
            "CREATE SCHEMA IF NOT EXISTS ANALYTICS_PLATFORM.shop",
            "CREATE TABLE IF NOT EXISTS ANALYTICS_PLATFORM.shop.open_orders (day DATE, amount NUMBER(18, 2))",
            "CREATE TABLE IF NOT EXISTS ANALYTICS_PLATFORM.shop.salaries (name STRING, amount NUMBER(18, 2))",
            "GRANT USAGE ON SCHEMA ANALYTICS_PLATFORM.shop TO ROLE report_runner",
            "GRANT SELECT ON TABLE ANALYTICS_PLATFORM.shop.open_orders TO ROLE report_runner",
        ):
            self.administrator.cursor().execute(sql)
        self.connection = snowflake.connector.connect(**arguments | {"role": "REPORT_AUTHOR"}, paramstyle="qmark")

    def close(self) -> None:
        self.connection.close()
        self.administrator.close()

    def call(self, sql: str, *binds: object) -> Any:
        row = self.connection.cursor().execute(sql, binds).fetchone()  # type: ignore[union-attr]  # a cursor
        assert isinstance(row, tuple)
        return json.loads(row[0])

    def define(self, report_type: str, **changes: Any) -> Any:
        definition = {
            "title": "Orders",
            "parameters": {"since": {"type": "string", "format": "date", "default": "start_of_month"}},
            "queries": [
                {
                    "name": "by_day",
                    "sql": "SELECT day, SUM(amount) AS revenue FROM shop.open_orders WHERE day >= :since GROUP BY day",
                }
            ],
        }
        return self.call(DEFINE, report_type, json.dumps(definition | changes))

    def refused(self, report_type: str = "ORDERS_REPORT", **changes: Any) -> str:
        with pytest.raises(ProgrammingError) as refused:
            self.define(report_type, **changes)
        assert refused.value.errno == 100357
        return str(refused.value).rsplit("RefusedError: ", maxsplit=1)[-1]

    def versions(self, report_type: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT version, dropped FROM {PLACE}.report_types WHERE report_type = ? ORDER BY version"
        return self.connection.cursor().execute(sql, (report_type,)).fetchall()  # type: ignore[union-attr]  # a cursor


@pytest.fixture(scope="module")
def author(snowflake_arguments: dict[str, Any]) -> Iterator[Author]:
    found = Author(snowflake_arguments)
    yield found
    found.close()


def query(sql: str, **more: Any) -> dict[str, Any]:
    return {"parameters": {}, "queries": [{"name": "one", "sql": sql, **more}]}


def test_a_definition_becomes_a_version_and_the_same_one_does_not_again(author: Author) -> None:
    first = author.define("versions_report")
    assert (first["report_type"], first["version"], first["changed"]) == ("VERSIONS_REPORT", 1, True)
    assert first["columns"] == {"by_day": ["DAY", "REVENUE"]}
    again = author.define("VERSIONS_REPORT")
    assert (again["version"], again["changed"]) == (1, False)
    assert "nothing changed" in again["message"]
    assert author.define("VERSIONS_REPORT", title="Orders by day")["version"] == 2
    assert author.define("VERSIONS_REPORT")["version"] == 3, "what was newest before is a new version again"
    assert author.versions("VERSIONS_REPORT") == [(1, False), (2, False), (3, False)]


def test_a_dropped_type_can_be_asked_for_no_more_until_it_is_defined_again(author: Author) -> None:
    author.define("FLEETING_REPORT")
    ask = f"CALL {PLACE}.generate_report('FLEETING_REPORT')"
    author.call(ask)
    assert author.call(f"CALL {PLACE}.drop_report('fleeting_report')")["version"] == 2
    for refused in (ask, f"CALL {PLACE}.drop_report('FLEETING_REPORT')"):
        with pytest.raises(ProgrammingError, match="report_type: FLEETING_REPORT was dropped on 20"):
            author.call(refused)
    assert author.define("FLEETING_REPORT")["version"] == 3
    author.call(ask)
    assert author.versions("FLEETING_REPORT") == [(1, False), (2, True), (3, False)]


def test_many_who_define_one_type_at_once_make_as_many_versions(
    author: Author, snowflake_arguments: dict[str, Any]
) -> None:
    others = [Author(snowflake_arguments) for _ in range(4)]
    with ThreadPoolExecutor(len(others)) as pool:
        made = [pool.submit(other.define, "BUSY_REPORT", title=f"Of {n}") for n, other in enumerate(others)]
    assert sorted(one.result()["version"] for one in made) == [1, 2, 3, 4]
    assert author.versions("BUSY_REPORT") == [(1, False), (2, False), (3, False), (4, False)]
    for other in others:
        other.close()


def test_p20_what_a_newer_version_has_defined_can_be_asked_for(author: Author) -> None:
    newer = {"title": "Newer", "hologram": {"depth": 3}, **query("SELECT 1 AS a", aroma="coffee")}
    author.administrator.cursor().execute(
        f"INSERT INTO {PLACE}.report_types (report_type, version, definition, digest, defined_at) "
        "SELECT 'NEWER_REPORT', 1, PARSE_JSON(?), 'newer', SYSDATE()",
        (json.dumps(newer),),
    )
    assert author.call(f"CALL {PLACE}.generate_report('NEWER_REPORT')")["status"] == "QUEUED"


def test_a_query_is_compiled_with_the_rights_of_the_containers(author: Author) -> None:
    secret = query("SELECT name, amount FROM shop.salaries")
    assert "definition.queries[0].sql: Snowflake refuses it: " in author.refused(**secret)
    assert "does not exist or not authorized" in author.refused(**secret)
    author.administrator.cursor().execute(
        "GRANT SELECT ON TABLE ANALYTICS_PLATFORM.shop.salaries TO ROLE report_runner"
    )
    try:
        assert author.define("SALARIES_REPORT", **secret)["columns"] == {"one": ["NAME", "AMOUNT"]}
    finally:
        author.administrator.cursor().execute(
            "REVOKE SELECT ON TABLE ANALYTICS_PLATFORM.shop.salaries FROM ROLE report_runner"
        )


def test_no_definition_reads_the_queue_which_the_owner_of_the_procedure_could(author: Author) -> None:
    says = author.refused(**query(f"SELECT * FROM {PLACE}.job_intake"))
    assert "does not exist or not authorized" in says


def test_a_query_is_compiled_and_not_run(author: Author) -> None:
    sql = "SELECT COUNT(*) AS n FROM shop.open_orders"
    author.define("COUNTING_REPORT", **query(sql))
    history = "SELECT COUNT(*) FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(RESULT_LIMIT => 1000)) WHERE query_text = ?"
    assert author.administrator.cursor().execute(history, (sql,)).fetchall() == [(0,)]  # type: ignore[union-attr]  # a cursor
    author.administrator.cursor().execute(sql)
    assert author.administrator.cursor().execute(history, (sql,)).fetchall() == [(1,)]  # type: ignore[union-attr]  # a cursor


@pytest.mark.parametrize("sql", ["SELECT 1 a; -- fin", "SELECT 1 a; /* end; */\n", "SELECT 1 a;"])
def test_a_query_may_end_with_a_semicolon_and_a_comment(author: Author, sql: str) -> None:
    assert author.define("COMMENTED_REPORT", **query(sql))["columns"] == {"one": ["A"]}


def test_a_query_of_one_moment_is_compiled_too(author: Author) -> None:
    sql = "SELECT day FROM shop.open_orders AT(TIMESTAMP => CAST(:_moment AS TIMESTAMP_TZ))"
    assert author.define("MOMENT_REPORT", **query(sql))["columns"] == {"one": ["DAY"]}


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        (query("SELECT colour FROM shop.open_orders"), ["definition.queries[0].sql: Snowflake refuses it", "COLOUR"]),
        (query("SELECT 1 AS a; DELETE FROM shop.open_orders"), ["definition.queries[0].sql: holds more than one"]),
        (query("DROP TABLE shop.open_orders"), ["definition.queries[0].sql: begins with DROP"]),
        (query("SELECT 1 AS a, 2 AS a"), ["definition.queries[0].sql: gives more than one column a"]),
        (query("SELECT 1 AS a", columns={"b": {}}), ["definition.queries[0].columns.b: 'b' is no column of query one"]),
        (
            {"sections": [{"type": "chart", "kind": "bar", "query": "by_day", "x": "dya", "y": ["revenue", "profit"]}]},
            ["definition.sections[0].x: 'dya'", "did you mean day?", "definition.sections[0].y[1]: 'profit'"],
        ),
        ({"time_zone": "Europe/Berln"}, ["definition.time_zone: 'Europe/Berln'", "did you mean Europe/Berlin?"]),
        ({"tittle": "x", "priority": 500}, ["definition.tittle: is not known; did you mean title?", "priority: 500"]),
        ({"queries": []}, ["definition.queries: is empty"]),
        (
            query(
                "SELECT 'a' AS name, COUNT(*) AS n, CURRENT_DATE() AS day FROM shop.open_orders",
                columns={
                    "name": {"total": "sum"},
                    "n": {"kind": "date"},
                    "day": {"kind": "currency", "currency": "EUR"},
                },
            )
            | {"sections": [{"type": "chart", "kind": "bar", "query": "one", "x": "n", "y": ["n", "name"]}]},
            [
                "definition.queries[0].columns.name.total: column name of query one is text, and sum needs numbers",
                "definition.queries[0].columns.n.kind: column n of query one is number, not date",
                "definition.queries[0].columns.day.kind: column day of query one is date, not currency",
                "definition.sections[0].y[1]: column name of query one is text; a chart draws numbers",
            ],
        ),
        (
            query("SELECT :top AS a") | {"parameters": {"top": {"type": "integer", "default": "5"}}},
            ["definition.parameters.top: default '5' is not of type integer"],
        ),
    ],
)
def test_p22_what_is_wrong_is_told_by_its_path_and_nothing_is_kept(
    author: Author, changes: dict[str, Any], says: list[str]
) -> None:
    told = author.refused("WRONG_REPORT", **changes)
    for words in says:
        assert words in told
    assert author.versions("WRONG_REPORT") == []


def test_p22_a_name_that_cannot_be_one_is_told_beside_the_rest(author: Author) -> None:
    told = author.refused("my report", title="")
    assert "report_type: 'my report' cannot name a report type" in told
    assert "definition.title: is empty" in told
