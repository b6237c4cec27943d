"""Statement text: words, quotes, variables, argument lists."""

import pytest
from snowflake.connector.errors import ProgrammingError

from local_cloud.snowflake.names import like
from local_cloud.snowflake.sql_text import Reader, comma_separated, head, with_variables, without_trailing_semicolon


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select 1", "SELECT 1"),
        ("  -- note\n/* more */ create  or\nreplace procedure p(a int)", "CREATE OR REPLACE PROCEDURE P ( A INT"),
        ("// note\ncall a.b()", "CALL A.B ( )"),
        ("", ""),
        ("-- only a note", ""),
    ],
)
def test_the_first_words_are_read_without_comments(sql: str, words: str) -> None:
    assert head(sql) == words


@pytest.mark.parametrize(
    ("sql", "plain"),
    [
        ("select $a, '$a', \"$a\", $$ $a $$", "select 5, '$a', \"$a\", $$ $a $$"),
        ("select $A -- $nope\n, $1", "select 5 -- $nope\n, $1"),
        ("select 'it''s \\' $nope', x$a", "select 'it''s \\' $nope', x$a"),
        ("select /* $nope */ 1", "select /* $nope */ 1"),
    ],
)
def test_variables_are_replaced_outside_quotes_and_comments(sql: str, plain: str) -> None:
    assert with_variables(sql, {"A": "5"}) == plain


def test_a_variable_that_is_not_set_is_named() -> None:
    with pytest.raises(ProgrammingError, match=r"'\$NOPE' does not exist"):
        with_variables("select $nope", {})


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        ("1", ["1"]),
        ("f(1, 2), 'a, b', \"c,d\"", ["f(1, 2)", "'a, b'", '"c,d"']),
        ("a => object_construct('k', (1)), b => ?", ["a => object_construct('k', (1))", "b => ?"]),
        ("$$x, y$$, 2", ["$$x, y$$", "2"]),
        ("'x', {'k': [1, 2], 'l': {'m': 3}}, [4, 5]", ["'x'", "{'k': [1, 2], 'l': {'m': 3}}", "[4, 5]"]),
    ],
)
def test_argument_lists_are_split_at_their_own_commas(text: str, parts: list[str]) -> None:
    assert comma_separated(text) == parts


def test_names_are_in_snowflakes_case() -> None:
    reader = Reader('my_db."My Schema".p(1, (2)) rest of it')
    assert reader.name() == ("MY_DB", "My Schema", "P")
    assert reader.group() == "1, (2)"
    assert reader.rest() == "rest of it"
    assert reader.done


def test_a_syntax_error_names_the_place() -> None:
    reader = Reader("drop\n  tabel t")
    reader.expect("DROP")
    with pytest.raises(ProgrammingError, match="line 2 at position 2 unexpected 'tabel'"):
        reader.expect("TABLE")
    with pytest.raises(ProgrammingError, match="a quote is not closed"):
        Reader("select 'open")


def test_a_trailing_semicolon_is_left_out() -> None:
    assert without_trailing_semicolon(" select ';' ;\n") == "select ';'"


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [(None, "X", True), ("a%", "ABC", True), ("_b_", "ABC", True), ("a", "AB", False), ("a.c", "ABC", False)],
)
def test_like_takes_percent_and_underscore(pattern: str | None, name: str, *, fits: bool) -> None:
    assert like(pattern, name) is fits
