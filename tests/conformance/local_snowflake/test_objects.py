"""What a Snowflake tells of its objects: comments, descriptions, moments, the statements that made them, history."""

import datetime as dt
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

MADE = """CREATE TABLE t (
    id INT COMMENT 'the key', s VARCHAR(10) DEFAULT 'x', n NUMBER(10, 2), o OBJECT, a ARRAY, l TIMESTAMP_LTZ, b BINARY,
    h TIME, PRIMARY KEY (id)
) COMMENT = 'a table'"""
VIEW = "CREATE VIEW w (x COMMENT 'from id') COMMENT = 'a view' AS SELECT id FROM t WHERE s = 'a' -- mine"
PROCEDURE = """CREATE PROCEDURE p(n INT) RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
    PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$
def run(session, n):
    return 'it''s'
$$"""


@pytest.fixture
def named(opened: Any) -> Any:
    """Runs a statement and answers its rows as dicts."""
    cursor = opened().cursor()

    def rows(sql: str) -> list[dict[str, Any]]:
        found = cursor.execute(sql).fetchall()
        return [dict(zip((c.name for c in cursor.description), row, strict=True)) for row in found]

    return rows


@pytest.fixture
def made(named: Any) -> Any:
    for sql in (MADE, VIEW, PROCEDURE, "CREATE TASK k SCHEDULE = '5 MINUTES' COMMENT = 'a task' AS SELECT 1"):
        named(sql)
    named("CREATE STAGE st COMMENT = 'a stage'")
    return named


def test_a_table_is_described_by_its_declared_types_keys_and_comments(made: Any) -> None:
    found = {
        row["name"]: (row["type"], row["null?"], row["primary key"], row["comment"]) for row in made("DESC TABLE t")
    }
    assert found == {
        "ID": ("NUMBER(38,0)", "N", "Y", "the key"),
        "S": ("VARCHAR(10)", "Y", "N", None),
        "N": ("NUMBER(10,2)", "Y", "N", None),
        "O": ("OBJECT", "Y", "N", None),
        "A": ("ARRAY", "Y", "N", None),
        "L": ("TIMESTAMP_LTZ(9)", "Y", "N", None),
        "B": ("BINARY(8388608)", "Y", "N", None),
        "H": ("TIME(9)", "Y", "N", None),
    }
    assert [(row["name"], row["type"], row["comment"]) for row in made("DESCRIBE VIEW w")] == [
        ("X", "NUMBER(38,0)", "from id")
    ]
    assert [row["column_name"] for row in made("SHOW PRIMARY KEYS IN TABLE t")] == ["ID"]


def test_a_table_is_described_without_a_current_database(opened: Any, made: Any, schema: str) -> None:
    cursor = opened(database=None, schema=None).cursor()
    assert len(cursor.execute(f"DESCRIBE TABLE CONFORMANCE.{schema}.t").fetchall()) == len(made("DESC TABLE t"))
    assert cursor.execute("SELECT '2026-01-02'::TIMESTAMP").fetchall() == [(dt.datetime(2026, 1, 2),)]  # noqa: DTZ001  TIMESTAMP_NTZ has no zone


@pytest.mark.parametrize(("plural", "name"), [("TABLES", "T"), ("VIEWS", "W"), ("STAGES", "ST"), ("TASKS", "K")])
def test_what_is_shown_has_its_comment_and_its_moment(made: Any, plural: str, name: str) -> None:
    (found,) = [row for row in made(f"SHOW {plural}") if row["name"] == name]
    assert found["comment"] == f"a {plural[:-1].lower()}"
    assert str(found["created_on"]) > "2020"
    assert found["owner"] in {"ACCOUNTADMIN", "SYSADMIN"}


@pytest.mark.parametrize(
    ("target", "query"),
    [
        (
            "TABLE t",
            "SELECT comment FROM INFORMATION_SCHEMA.TABLES WHERE table_name = 'T' AND table_schema = '{schema}'",
        ),
        ("VIEW w", "SELECT comment FROM INFORMATION_SCHEMA.VIEWS WHERE table_name = 'W' AND table_schema = '{schema}'"),
        (
            "COLUMN t.s",
            "SELECT comment FROM INFORMATION_SCHEMA.COLUMNS WHERE column_name = 'S' AND table_schema = '{schema}'",
        ),
        ("SCHEMA {schema}", "SELECT comment FROM INFORMATION_SCHEMA.SCHEMATA WHERE schema_name = '{schema}'"),
        (
            "DATABASE CONFORMANCE",
            "SELECT comment FROM INFORMATION_SCHEMA.DATABASES WHERE database_name = 'CONFORMANCE'",
        ),
    ],
)
def test_a_comment_is_kept_and_told_by_the_information_schema(made: Any, schema: str, target: str, query: str) -> None:
    made(f"COMMENT ON {target.format(schema=schema)} IS 'it''s new'")
    assert [tuple(row.values()) for row in made(query.format(schema=schema))] == [("it's new",)]


@pytest.mark.parametrize(
    ("target", "shown", "column"),
    [("TASK k", "SHOW TASKS", "comment"), ("STAGE st", "SHOW STAGES", "comment")],
)
def test_a_comment_on_what_the_engine_does_not_know_is_kept(made: Any, target: str, shown: str, column: str) -> None:
    made(f"COMMENT ON {target} IS 'new'")
    assert [row[column] for row in made(shown)] == ["new"]
    made("COMMENT ON PROCEDURE p(INT) IS 'of procedure'")
    assert made("SHOW PROCEDURES")[0]["description"] == "of procedure"


def test_a_comment_follows_its_table_and_column_through_alter(made: Any) -> None:
    for sql in (
        "ALTER TABLE t SET COMMENT = 'altered'",
        "ALTER TABLE t ALTER COLUMN s COMMENT 'of s'",
        "ALTER TABLE t RENAME COLUMN s TO z",
        "ALTER TABLE t ADD COLUMN more INT COMMENT 'of more'",
        "ALTER TABLE t RENAME TO u",
    ):
        made(sql)
    assert [(row["name"], row["comment"]) for row in made("SHOW TABLES")] == [("U", "altered")]
    comments = {row["name"]: row["comment"] for row in made("DESC TABLE u")}
    assert (comments["ID"], comments["Z"], comments["MORE"]) == ("the key", "of s", "of more")
    made("DROP TABLE u")
    made("CREATE TABLE u (id INT)")
    assert [row["comment"] for row in made("DESC TABLE u")] == [None], "a new table has its predecessor's comments"


def test_comment_on_nothing_is_refused(named: Any) -> None:
    with pytest.raises(ProgrammingError, match="does not exist") as refused:
        named("COMMENT ON TABLE nothing IS 'x'")
    assert refused.value.errno == 2003
    named("COMMENT IF EXISTS ON TABLE nothing IS 'x'")


def test_a_view_shows_the_text_that_made_it(made: Any) -> None:
    assert made("SHOW VIEWS")[0]["text"] == VIEW


def test_rows_are_counted_where_tables_are_shown(made: Any) -> None:
    made("INSERT INTO t (id) VALUES (1), (2)")
    assert made("SHOW TABLES")[0]["rows"] == 2


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("'TABLE', 'T'", "create or replace TABLE T ("),
        ("'TABLE', 't', TRUE", "create or replace TABLE CONFORMANCE."),
        ("'VIEW', 'w'", "create or replace view W(\n\tX COMMENT 'from id'\n) COMMENT='a view' as SELECT id FROM t"),
        ("'TASK', 'k'", "create or replace task K\n\tschedule='5 MINUTES'\n\tcomment='a task'\n\tas SELECT 1;"),
        ("'PROCEDURE', 'p(INT)'", 'CREATE OR REPLACE PROCEDURE "P"("N" INT)\nRETURNS STRING'),
    ],
)
def test_get_ddl_tells_the_statement(made: Any, call: str, says: str) -> None:
    assert says in next(iter(made(f"SELECT GET_DDL({call})")[0].values()))


@pytest.mark.parametrize(("kind", "name"), [("TABLE", "t"), ("PROCEDURE", "p(INT)"), ("TASK", "k")])
def test_what_get_ddl_tells_makes_the_same_again(made: Any, kind: str, name: str) -> None:
    told = next(iter(made(f"SELECT GET_DDL('{kind}', '{name}')")[0].values()))
    made(f"DROP {kind} {name}")
    made(told)
    assert next(iter(made(f"SELECT GET_DDL('{kind}', '{name}')")[0].values())) == told


def test_a_task_and_a_stage_are_described(made: Any) -> None:
    (task,) = made("DESCRIBE TASK k")
    assert (task["name"], task["schedule"], task["comment"], task["definition"]) == (
        "K",
        "5 MINUTES",
        "a task",
        "SELECT 1",
    )
    assert {row["property"]: row["property_value"] for row in made("DESC STAGE st")}["ENABLE"] == "false"


def test_open_transactions_are_shown_to_their_user(opened: Any, made: Any) -> None:
    assert made("SHOW TRANSACTIONS") == []
    made("BEGIN")
    (found,) = made("SHOW TRANSACTIONS")
    assert (found["user"], found["state"]) == ("TESTER", "running")
    stranger = opened(user="stranger").cursor()
    assert stranger.execute("SHOW TRANSACTIONS").fetchall() == []
    assert len(stranger.execute("SHOW TRANSACTIONS IN ACCOUNT").fetchall()) >= 1
    made("ROLLBACK")


def test_the_history_tells_the_sessions_statements_newest_first(named: Any) -> None:
    named("SELECT 1 AS one")
    with pytest.raises(ProgrammingError):
        named("SELECT * FROM nowhere")
    asked = "SELECT query_text, execution_status, error_code, rows_produced FROM TABLE(INFORMATION_SCHEMA."
    found = [tuple(row.values()) for row in named(f"{asked}QUERY_HISTORY_BY_SESSION(RESULT_LIMIT => 3))")]
    assert [row[1:] for row in found] == [
        ("RUNNING", None, None),
        ("FAILED_WITH_ERROR", "2003", None),
        ("SUCCESS", None, 1),
    ]
    assert found[2][0] == "SELECT 1 AS one"
    with pytest.raises(
        ProgrammingError, match="not supported by the local cloud: QUERY_HISTORY with END_TIME_RANGE_END"
    ):
        named("SELECT * FROM TABLE(INFORMATION_SCHEMA.QUERY_HISTORY(END_TIME_RANGE_END => CURRENT_TIMESTAMP()))")


def test_a_key_that_is_added_later_is_told_and_not_enforced(ask: Any) -> None:
    ask("CREATE TABLE keyed (id INT, s STRING)")
    ask("ALTER TABLE keyed ADD CONSTRAINT pk PRIMARY KEY (id)")
    ask("ALTER TABLE keyed ADD UNIQUE (s)")
    ask("ALTER TABLE keyed ADD CONSTRAINT fk FOREIGN KEY (s) REFERENCES keyed (s)")
    for _ in range(2):
        ask("INSERT INTO keyed VALUES (1, 'a')")
    assert [row[4] for row in ask("SHOW PRIMARY KEYS IN TABLE keyed")] == ["ID"]
    assert [row[4] for row in ask("SHOW UNIQUE KEYS IN TABLE keyed")] == ["S"]
    for second, errno in (("s", 2213), ("nope", 904)):
        with pytest.raises(ProgrammingError) as refused:
            ask(f"ALTER TABLE keyed ADD PRIMARY KEY ({second})")
        assert refused.value.errno == errno
    ask("ALTER TABLE keyed DROP PRIMARY KEY")
    assert ask("SHOW PRIMARY KEYS IN TABLE keyed") == []


def test_a_tables_retention_can_be_set_and_changes_nothing(ask: Any) -> None:
    ask("CREATE TABLE kept (id INT) COMMENT = 'a'")
    ask("ALTER TABLE kept SET DATA_RETENTION_TIME_IN_DAYS = 7, COMMENT = 'b'")
    assert ask("SHOW TABLES LIKE 'KEPT'")[0][5] == "b"
    ask("ALTER TABLE kept SET DATA_RETENTION_TIME_IN_DAYS = 0")
    ask("ALTER TABLE kept UNSET DATA_RETENTION_TIME_IN_DAYS, COMMENT")
    assert not ask("SHOW TABLES LIKE 'KEPT'")[0][5]
    ask("ALTER TABLE IF EXISTS nothing SET DATA_RETENTION_TIME_IN_DAYS = 1")
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask("ALTER TABLE nothing SET DATA_RETENTION_TIME_IN_DAYS = 1")


def test_truncate_if_exists_empties_what_is_there_and_bears_what_is_not(ask: Any) -> None:
    ask("CREATE TABLE filled AS SELECT 1 AS n")
    ask("TRUNCATE TABLE IF EXISTS filled")
    assert ask("SELECT COUNT(*) FROM filled") == [(0,)]
    ask("TRUNCATE TABLE IF EXISTS nothing")
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask("TRUNCATE TABLE nothing")
