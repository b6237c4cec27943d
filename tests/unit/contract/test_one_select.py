"""Whether a text is one SELECT, as far as text can tell, and what of it goes to Snowflake."""

import pytest

from contract import one_select


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1",
        "  -- Why.\n select 1 ;\n",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "((SELECT 1) UNION ALL (SELECT 2))",
        "SELECT 'a;b', \"c;d\", $$e;f$$ -- ;\n/* ; */ // ;\n",
        "SELECT 'it''s; \\'; so'",
        "SELECT FILTER(a, x -> x > 1) AS procedure, '->>' AS arrow FROM t",
    ],
)
def test_one_select_is_one_select(sql: str) -> None:
    assert one_select.fault(sql) is None


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("", "begins with nothing"),
        ("-- SELECT 1", "begins with nothing"),
        ("DELETE FROM t", "begins with DELETE"),
        ("/* SELECT */ CALL p()", "begins with CALL"),
        ("SELECT 1; SELECT 2", "more than one statement"),
        ("SELECT 1; -- nothing\n; DROP TABLE t", "more than one statement"),
        ("SELECT 'a", "has no end"),
        ("SELECT 1 /* a", "has no end"),
        ("EXPLAIN SELECT 1", "begins with EXPLAIN"),
        ("SELECT a FROM t ->> INSERT INTO u SELECT * FROM $1", "chains statements"),
        ("WITH p AS PROCEDURE () RETURNS STRING LANGUAGE SQL AS $$BEGIN END$$ CALL p()", "makes a procedure"),
    ],
)
def test_anything_else_is_not_one_select(sql: str, says: str) -> None:
    assert says in (one_select.fault(sql) or "")


@pytest.mark.parametrize(
    ("sql", "alone"),
    [
        ("SELECT 1 a; -- fin", "SELECT 1 a"),
        ("SELECT ';' a /* ; */ ; /* end */ // ;\n", "SELECT ';' a /* ; */ "),
        ("SELECT 1 a -- fin", "SELECT 1 a -- fin"),
        ("SELECT 1; SELECT 2", "SELECT 1; SELECT 2"),
    ],
)
def test_a_comment_after_the_semicolon_does_not_go_to_snowflake(sql: str, alone: str) -> None:
    assert one_select.alone(sql) == alone
