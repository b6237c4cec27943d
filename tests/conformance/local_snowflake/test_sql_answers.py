"""What Snowflake's SQL answers, statement by statement."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from snowflake.connector.constants import FIELD_ID_TO_NAME
from snowflake.connector.errors import ProgrammingError

D, T = dt.date, dt.datetime


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("DATEADD(DAY, 1, '2026-01-31'::DATE)", D(2026, 2, 1)),
        ("DATEADD('month', 1, '2026-01-31'::DATE)", D(2026, 2, 28)),
        ("DATEADD(HOUR, 1, '2026-01-31'::DATE)", T(2026, 1, 31, 1)),
        ("DATEADD(DAY, -1, '2026-01-31 10:00'::TIMESTAMP_NTZ)", T(2026, 1, 30, 10)),
        ("DATE_TRUNC('month', '2026-01-31'::DATE)", D(2026, 1, 1)),
        ("DATE_TRUNC('hour', '2026-01-31 10:30'::TIMESTAMP_NTZ)", T(2026, 1, 31, 10)),
        ("LAST_DAY('2026-02-03'::DATE)", D(2026, 2, 28)),
        ("ADD_MONTHS('2026-01-31'::DATE, 1)", D(2026, 2, 28)),
        ("DATEDIFF(DAY, '2026-01-01', '2026-01-31')", 30),
        ("TO_CHAR('2026-01-02'::DATE, 'YYYYMMDD')", "20260102"),
        ("TO_VARCHAR('2026-01-02 03:04:05.678'::TIMESTAMP_NTZ, 'HH24:MI:SS.FF3')", "03:04:05.678"),
        ("TRY_TO_TIMESTAMP('x')", None),
        ("TRY_TO_DATE('x')", None),
        ("TRY_TO_NUMBER('x')", None),
        ("TRY_PARSE_JSON('{bad')", None),
        ("CURRENT_TIMESTAMP()::DATE = CURRENT_DATE", True),
        ("SYSDATE() <= SYSDATE()", True),
        ("OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'b', 2)", '{"a":1,"b":2}'),
        ("OBJECT_INSERT(OBJECT_CONSTRUCT('a', 1), 'a', 2, TRUE)", '{"a":2}'),
        ("OBJECT_DELETE(OBJECT_CONSTRUCT('a', 1, 'b', 2), 'a')", '{"b":2}'),
        ("OBJECT_KEYS(OBJECT_CONSTRUCT('a', 1))", '["a"]'),
        ("OBJECT_CONSTRUCT('a', NULL)", "{}"),
        ("ARRAY_APPEND(ARRAY_CONSTRUCT(1), 'x')", '[1,"x"]'),
        ("ARRAY_SIZE(ARRAY_CAT(ARRAY_CONSTRUCT(1, 2), ARRAY_CONSTRUCT(3)))", 3),
        ("ARRAY_CONTAINS('x'::VARIANT, ARRAY_CONSTRUCT('x'))", True),
        ("ARRAY_TO_STRING(ARRAY_CONSTRUCT(1, 'b'), '-')", "1-b"),
        ("ARRAY_SLICE(ARRAY_CONSTRUCT(1, 2, 3), 1, 3)", "[2,3]"),
        ('PARSE_JSON(\'{"a": {"b": [1, 2]}}\'):a.b[1]::INT', 2),
        ("PARSE_JSON('{\"a\": \"x\"}'):a = 'x'", True),
        ("PARSE_JSON('{\"a\": 2}'):a > 1", True),
        ("PARSE_JSON('{\"a\": {}}'):a = 1", None),
        ("PARSE_JSON('{\"a\": null}'):a IS NULL", False),
        ("TYPEOF(PARSE_JSON('[1]'))", "ARRAY"),
        ("IFF(1 = 1, 'a', 'b')", "a"),
        ("NVL(NULL, 1)", 1),
        ("ZEROIFNULL(NULL)", 0),
        ("DIV0(1, 0)", 0),
        ("1.5::NUMBER(10, 2)", Decimal("1.50")),
        ("'it''s $5 and $word'", "it's $5 and $word"),
        ("$$raw 'x'$$", "raw 'x'"),
        ("HASH('a') = HASH('a')", True),
        ("HASH('a', 1) <> HASH('a', 2)", True),
        ("TRY_CAST('5' AS INT)", 5),
        ("TRY_CAST('x' AS NUMBER(38, 0))", None),
        ("12345678901234567890", 12345678901234567890),
        ("'12345678901234567890'::NUMBER(20, 0)", 12345678901234567890),
        ("99999999999999999999999999999999999999 - 1", 99999999999999999999999999999999999998),
        ("SYSTEM$WAIT(0)", "waited 0 seconds"),
        ("'abc'::VARCHAR(3)", "abc"),
        ("TRY_CAST('abc' AS VARCHAR(2))", None),
        ("TRY_CAST('ab' AS VARCHAR(2))", "ab"),
        ("12::VARCHAR(2)", "12"),
        ("NULL::VARCHAR(2)", None),
        ("PARSE_JSON('\"x\"')::STRING", "x"),
        ("1.5::NUMBER(10, 2)::VARCHAR", "1.50"),
        ("1e10::FLOAT::VARCHAR", "10000000000"),
        ("'2026-01-02 03:04:05'::TIMESTAMP_NTZ::VARCHAR", "2026-01-02 03:04:05.000"),
        ("TO_VARCHAR('2026-01-02'::DATE)", "2026-01-02"),
        ("TO_TIMESTAMP_TZ('2026-01-02 03:04:05.6 +0000')::VARCHAR", "2026-01-02 03:04:05.600 +0000"),
        ("SPLIT_PART('a,b,c', ',', -1)", "c"),
        ("SPLIT_PART('a,b', ',', 0)", "a"),
        ("REGEXP_LIKE('abc', 'b')", False),
        ("REGEXP_SUBSTR('ab12cd34', '[0-9]+', 1, 2)", "34"),
        ("REGEXP_REPLACE('ab12', '[0-9]', 'x')", "abxx"),
        ("DECODE(NULL, NULL, 'n', 'x')", "n"),
        ("CONCAT('a', NULL)", None),
        ("GREATEST(1, 2, NULL)", None),
        ("ROUND(-2.5)", -3),
        ("2.5::INT", 3),
        ("TO_NUMBER('12.34', 10, 1)", Decimal("12.3")),
        ("TRY_TO_NUMBER('12.6')", 13),
        ("MOD(-5, 3)", -2),
        ("SUBSTR('hello', 0, 2)", "he"),
        ("SUBSTR('hello', -3, 2)", "ll"),
        ("DATEDIFF(YEAR, '2025-12-31', '2026-01-01')", 1),
        ("DATEDIFF(WEEK, '2026-01-04', '2026-01-05')", 1),
        ("DAYOFWEEK('2026-01-04'::DATE)", 0),
        ("NEXT_DAY('2026-01-01'::DATE, 'mo')", D(2026, 1, 5)),
    ],
)
def test_an_expression_answers_as_in_snowflake(ask: Any, expression: str, answer: Any) -> None:
    assert ask(f"SELECT {expression}") == [(answer,)]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT $1, $2 FROM VALUES (1, 'a')", [(1, "a")]),
        ("SELECT column2 FROM VALUES (1, 'a')", [("a",)]),
        ("SELECT v.name FROM VALUES (1, 'a'), (2, 'b') AS v (id, name) WHERE id = 2", [("b",)]),
        ("SELECT COUNT(*) FROM TABLE(GENERATOR(ROWCOUNT => 5))", [(5,)]),
        ("SELECT COUNT_IF(a > 1) FROM (SELECT 1 AS a WHERE FALSE)", [(0,)]),
        ("SELECT COUNT_IF(a > 1) OVER () FROM (SELECT 1 AS a UNION ALL SELECT 2)", [(1,), (1,)]),
        ("SELECT column1 FROM VALUES (1), (NULL), (2) ORDER BY 1", [(1,), (2,), (None,)]),
        ("SELECT column1 FROM VALUES (1), (NULL), (2) ORDER BY 1 DESC", [(None,), (2,), (1,)]),
        ("SELECT ARRAY_AGG(column1) WITHIN GROUP (ORDER BY column1) FROM VALUES (2), (NULL), (1)", [("[1,2]",)]),
        ("SELECT * FROM (SELECT 1 AS a, 2 AS b) UNPIVOT (v FOR n IN (a, b))", [("A", 1), ("B", 2)]),
        ("SELECT * FROM (SELECT 'x' AS a, 1 AS b) PIVOT (SUM(b) FOR a IN ('x'))", [(1,)]),
        ("SELECT * EXCLUDE (a) FROM (SELECT 1 AS a, 2 AS b)", [(2,)]),
        ("SELECT LISTAGG(column1, ',') WITHIN GROUP (ORDER BY column1) FROM VALUES (2), (1)", [("1,2",)]),
        ("SELECT MEDIAN(column1), COUNT_IF(column1 > 1) FROM VALUES (1), (3)", [(2.0, 1)]),
        (
            "SELECT column1, RATIO_TO_REPORT(column1) OVER () FROM VALUES (1), (3) ORDER BY 1",
            [(1, 0.25), (3, 0.75)],
        ),
        ("SELECT SUM(column1) FROM VALUES (0.1), (0.2)", [(Decimal("0.3"),)]),
        ("SELECT SUM(column1) FROM VALUES (9223372036854775807), (1)", [(9223372036854775808,)]),
        ("SELECT COUNT(*) FROM VALUES ('a'), ('a'), ('b') GROUP BY HASH(column1) ORDER BY 1", [(1,), (2,)]),
        (
            "SELECT column1 FROM VALUES (1), (2) QUALIFY ROW_NUMBER() OVER (ORDER BY column1 DESC) = 1",
            [(2,)],
        ),
        (
            'SELECT f.value:id::STRING, f.index FROM TABLE(FLATTEN(INPUT => PARSE_JSON(\'[{"id": "a"}]\'))) f',
            [("a", 0)],
        ),
    ],
)
def test_a_query_answers_as_in_snowflake(ask: Any, query: str, rows: list[Any]) -> None:
    assert ask(query) == rows


def test_missing_moments_stay_missing_and_present_ones_stay_the_same(ask: Any) -> None:
    ask("CREATE TABLE t (n TIMESTAMP_NTZ, l TIMESTAMP_LTZ, z TIMESTAMP_TZ, d DATE)")
    moment, day = T(1969, 12, 31, 23, 59, 59, 250_000), D(1969, 12, 31)
    aware = moment.replace(tzinfo=dt.UTC)
    ask("INSERT INTO t VALUES (NULL, NULL, NULL, NULL)")
    ask("INSERT INTO t VALUES (?, ?, ?, ?)", (moment, ("TIMESTAMP_LTZ", aware), ("TIMESTAMP_TZ", aware), day))
    assert ask("SELECT * FROM t ORDER BY n NULLS FIRST") == [(None,) * 4, (moment, aware, aware, day)]


def test_a_moment_with_a_zone_is_the_same_moment_in_the_sessions_zone(ask: Any) -> None:
    ((moment,),) = ask("SELECT '2026-01-02 03:04:05 +0530'::TIMESTAMP_TZ")
    assert moment == T(2026, 1, 1, 21, 34, 5, tzinfo=dt.UTC)
    ask("ALTER SESSION SET TIMEZONE = 'America/New_York'")
    ((moment,),) = ask("SELECT '2026-01-02 03:04:05 +0530'::TIMESTAMP_TZ")
    assert (moment.hour, moment.utcoffset()) == (16, dt.timedelta(hours=-5))


def test_objects_keep_the_order_of_their_keys_on_one_line(opened: Any) -> None:
    cursor = opened().cursor()
    cursor.execute("SELECT OBJECT_CONSTRUCT('b', 1, 'a', ARRAY_CONSTRUCT(1)) AS o, ARRAY_CONSTRUCT(1, 'x') AS a")
    assert cursor.fetchall() == [('{"b":1,"a":[1]}', '[1,"x"]')]
    assert {FIELD_ID_TO_NAME[column.type_code] for column in cursor.description} == {"VARIANT"}


def test_words_that_the_engine_reserves_are_names(ask: Any) -> None:
    ask("CREATE TABLE t (at INT, user STRING, value STRING, date DATE, show INT)")
    ask("INSERT INTO t (at, user) VALUES (1, 'me')")
    assert ask("SELECT t.at, user FROM t WHERE at = 1") == [(1, "me")]


def test_a_schema_may_have_the_name_of_its_database(ask: Any) -> None:
    ask("CREATE SCHEMA conformance")
    ask("CREATE TABLE conformance.same (a INT)")
    assert ask("SELECT COUNT(*) FROM conformance.same") == [(0,)]


def test_json_binds_become_rows(ask: Any) -> None:
    ask("CREATE TABLE t (id STRING, n INT, body VARIANT)")
    ask("INSERT INTO t SELECT ?, ?, PARSE_JSON(?)", ("a", 1, '{"k": [1]}'))
    ask(
        "INSERT INTO t SELECT value:id::STRING, value:n::INT, value:body FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?)))",
        ('[{"id": "b", "n": 2, "body": {"x": null}}, {"id": "c"}]',),
    )
    assert ask("SELECT * FROM t ORDER BY id") == [("a", 1, '{"k":[1]}'), ("b", 2, '{"x":null}'), ("c", None, None)]


def test_a_string_in_a_variant_is_cast_without_its_quotes(ask: Any) -> None:
    ask("CREATE TABLE t (v VARIANT, s STRING, n INT)")
    ask("INSERT INTO t SELECT 'plain'::VARIANT, '\"quoted\"', 5")
    assert ask("SELECT v::STRING, s::STRING, n::VARCHAR, TO_VARCHAR(v), v FROM t") == [
        ("plain", '"quoted"', "5", "plain", '"plain"')
    ]
    ask("UPDATE t SET v = PARSE_JSON('null')")
    assert ask("SELECT v::STRING, v IS NULL FROM t") == [(None, False)]


def test_a_merge_is_one_statement_with_a_count_for_each_of_its_branches(ask: Any) -> None:
    ask("CREATE TABLE t (id STRING, n INT)")
    ask("INSERT INTO t VALUES ('keep', 1), ('change', 1), ('drop', 1)")
    merge = """
        MERGE INTO t USING (
            SELECT value:id::STRING AS id, value:n::INT AS n FROM TABLE(FLATTEN(INPUT => PARSE_JSON(?)))
        ) AS s ON t.id = s.id
        WHEN MATCHED AND s.n = 0 THEN DELETE
        WHEN MATCHED AND s.n > t.n THEN UPDATE SET n = s.n
        WHEN NOT MATCHED AND s.n > 0 THEN INSERT (id, n) VALUES (s.id, s.n)
    """
    facts = '[{"id":"change","n":5},{"id":"drop","n":0},{"id":"new","n":7},{"id":"never","n":0},{"id":"keep","n":1}]'
    assert ask(merge, (facts,)) == [(1, 1, 1)]
    assert ask("SELECT * FROM t ORDER BY id") == [("change", 5), ("keep", 1), ("new", 7)]
    assert ask(merge, (facts,)) == [(0, 0, 0)]


def test_a_merge_needs_no_alias_for_its_source(ask: Any) -> None:
    ask("CREATE TABLE t (id INT)")
    assert ask("MERGE INTO t USING (SELECT 1 AS x) ON id = x WHEN NOT MATCHED THEN INSERT (id) VALUES (x)") == [(1,)]


def test_create_or_alter_keeps_the_rows(ask: Any) -> None:
    ask("CREATE OR ALTER TABLE t (id INT, old STRING)")
    ask("INSERT INTO t VALUES (1, 'x')")
    ask("CREATE OR ALTER TABLE t (id INT, new INT)")
    assert ask("SELECT id, new FROM t") == [(1, None)]


def test_views_see_the_session_that_asks(ask: Any, opened: Any, schema: str) -> None:
    ask("CREATE VIEW who AS SELECT CURRENT_USER() AS u, CURRENT_ROLE() AS r")
    ask("CREATE ROLE onlookers")
    ask("GRANT ALL ON DATABASE conformance TO ROLE onlookers")
    ask(f"GRANT USAGE ON SCHEMA {schema} TO ROLE onlookers")
    ask("GRANT USAGE ON WAREHOUSE test_wh TO ROLE onlookers")
    ask("GRANT SELECT ON VIEW who TO ROLE onlookers")
    seen = opened(user="other", role="ONLOOKERS").cursor().execute("SELECT * FROM who").fetchall()
    assert seen == [("OTHER", "ONLOOKERS")]


def test_a_view_of_everything_has_the_columns_of_its_making(ask: Any) -> None:
    ask("CREATE TABLE t (id INT, s STRING)")
    ask("CREATE VIEW every AS SELECT * FROM t")
    ask("CREATE VIEW renamed (a, b) AS WITH c AS (SELECT * FROM t) SELECT * FROM c")
    ask("INSERT INTO t VALUES (1, 'a')")
    ask("ALTER TABLE t ADD COLUMN late INT")
    assert ask("SELECT * FROM every") == [(1, "a")]
    assert ask("SELECT a, b FROM renamed") == ask("SELECT * FROM renamed") == [(1, "a")]
    with pytest.raises(ProgrammingError, match="duplicate column name 'ID'"):
        ask("CREATE VIEW twice AS SELECT * FROM t JOIN t AS u ON t.id = u.id")


def test_columns_without_alias_are_named_by_their_text(opened: Any) -> None:
    cursor = opened().cursor()
    cursor.execute("SELECT COUNT(*), 1 + 1 FROM VALUES (1)")
    assert [column.name for column in cursor.description] == ["COUNT(*)", "1 + 1"]
