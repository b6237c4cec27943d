"""Named binds: found where they are, and nowhere else."""

import pytest

from contract.binding import binds, bound, with_placeholders


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'it is 10:30' AS a",
        "SELECT 'it''s :here' AS a",
        r"SELECT 'it\'s :here' AS a",
        'SELECT ":column" FROM t',
        "SELECT 1 -- :comment",
        "SELECT 1 // :comment",
        "SELECT 1 /* :comment\n :comment */",
        "SELECT $$ :text $$",
        "SELECT value:job_id FROM t",
        "SELECT r.value:job_id::STRING FROM t",
        "SELECT value[0]:name FROM t",
        "SELECT value['a']:name FROM t",
        'SELECT "Value":name FROM t',
        "SELECT parse_json(x):name FROM t",
        "SELECT $1:name FROM @stage",
        "SELECT a::date FROM t",
        "SELECT '2026-01-01'::date",
    ],
)
def test_what_only_looks_like_a_bind_is_left_alone(sql: str) -> None:
    assert binds(sql) == []
    assert with_placeholders(sql) == sql


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT :a", ["a"]),
        ("WHERE d BETWEEN :start_date AND :end_date", ["start_date", "end_date"]),
        ("WHERE :a = :a", ["a", "a"]),
        ("DATEADD('day', -:days, x)", ["days"]),
        ("f(:a,:b)", ["a", "b"]),
        ("PARSE_JSON(:rows)::OBJECT", ["rows"]),
        ("v = ':no' AND w = :yes", ["yes"]),
        (r"v = '\\' AND w = :yes", ["yes"]),
        (":a::date", ["a"]),
    ],
)
def test_binds_are_found_in_the_order_of_their_places(sql: str, names: list[str]) -> None:
    assert binds(sql) == names
    assert with_placeholders(sql).count("?") == len(names)


def test_a_value_stands_in_the_list_once_for_each_of_its_places() -> None:
    assert bound("SELECT :a, ':a', :b, :a", {"a": 1, "b": 2, "c": 3}) == ("SELECT ?, ':a', ?, ?", [1, 2, 1])


def test_a_bind_without_a_value_is_an_error_that_names_it() -> None:
    with pytest.raises(KeyError, match="end_date"):
        bound("SELECT :start_date, :end_date", {"start_date": 1})
