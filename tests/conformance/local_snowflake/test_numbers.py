"""Numbers have the places that Snowflake gives them, and are never another number."""

from typing import Any

import pytest


@pytest.mark.parametrize(
    ("expression", "answer"),
    [
        ("1 / 3", "0.333333"),
        ("-2 / 3", "-0.666667"),
        ("2 / 3::NUMBER(10, 4)", "0.666667"),
        ("2::NUMBER(38, 2) / 3", "0.66666667"),
        ("1::NUMBER(20, 8) / 3", "0.333333333333"),
        ("1::NUMBER(20, 15) / 3", "0.333333333333333"),
        ("1 / 2000000", "0.000001"),
        ("1000000000000 / 3", "333333333333.333333"),
        ("-892071264368906.30::NUMBER(18, 2) / 0.2", "-4460356321844531.50000000"),
        ("100 / 7 / 3", "4.761904666667"),
        ("(SELECT 10) / 4", "2.500000"),
        ("DATEDIFF('second', '2026-01-01'::TIMESTAMP, '2026-01-01 00:01:40'::TIMESTAMP) / 3", "33.333333"),
        ("DATEDIFF('millisecond', '2026-01-02'::TIMESTAMP, '2026-01-01'::TIMESTAMP) / -7000", "12342.857143"),
        ("DATEDIFF('day', '2026-01-03'::DATE, '2026-01-01'::DATE) / 3", "-0.666667"),
        ("AVG(column1)", "1.333333"),
        ("AVG(DISTINCT column1)", "1.500000"),
        ("AVG(column1::NUMBER(10, 2))", "1.33333333"),
        ("MIN(column1) / COUNT(*)", "0.250000"),
        ("MAX(mean) FROM (SELECT AVG(column1) OVER (PARTITION BY 1) AS mean FROM VALUES (1), (1), (2))", "1.333333"),
    ],
)
def test_quotients_and_means_of_numbers_have_snowflakes_places(ask: Any, expression: str, answer: str) -> None:
    source = "" if " FROM (" in expression else " FROM VALUES (1), (1), (2), (NULL)"
    grouped = expression if "column1" in expression else f"MIN({expression})"
    assert [str(cell) for (cell,) in ask(f"SELECT {grouped}{source}")] == [answer]


@pytest.mark.parametrize("expression", ["1::FLOAT / 3", "1 / 3::FLOAT", "AVG(1::FLOAT) / 3"])
def test_a_quotient_with_a_float_is_a_float(ask: Any, expression: str) -> None:
    assert ask(f"SELECT {expression}") == [(1 / 3,)]


def test_a_quotient_in_a_subquery_is_named_by_its_text(opened: Any) -> None:
    cursor = opened().cursor()
    cursor.execute("SELECT * FROM (SELECT column1 / 2, AVG(column1) OVER () FROM VALUES (1))")
    assert [column.name for column in cursor.description] == ["COLUMN1 / 2", "AVG(COLUMN1) OVER ()"]


def test_products_have_the_places_of_both_factors(ask: Any) -> None:
    fine = "1.12345678::NUMBER(18, 8)"
    assert [str(value) for value in ask(f"SELECT 1.5::NUMBER(4, 1) * 0.25::NUMBER(4, 2), {fine} * {fine}")[0]] == [
        "0.375",
        "1.2621551365279684",  # Snowflake rounds to twelve places; the reference says so
    ]
