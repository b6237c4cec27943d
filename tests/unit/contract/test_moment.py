"""The report's moment in a query's text, and left out of it."""

from datetime import UTC, datetime

import pytest

from contract.moment import as_of, says_moment

MOMENT = datetime(2026, 11, 22, 6, 0, 0, 250_000, tzinfo=UTC)
LITERAL = "CAST('2026-11-22T06:00:00.250000+00:00' AS TIMESTAMP_TZ)"


def test_the_moment_stands_in_the_text_as_an_instant_with_its_zone() -> None:
    said = as_of("SELECT * FROM t AT(TIMESTAMP => :_moment) WHERE d = :day", MOMENT, one=True)
    assert said == f"SELECT * FROM t AT(TIMESTAMP => {LITERAL}) WHERE d = :day"


@pytest.mark.parametrize(
    "clause",
    [
        "AT(TIMESTAMP => :_moment)",
        "at ( timestamp=> cast( :_moment as timestamp_tz ) )",
        "AT(TIMESTAMP => :_moment::TIMESTAMP_TZ)",
        "AT(TIMESTAMP => :_moment :: TIMESTAMP_LTZ(3))",
        "AT(TIMESTAMP => (:_moment))",
        "AT(TIMESTAMP => (TO_TIMESTAMP_TZ( :_moment ))::TIMESTAMPLTZ)",
        "AT(TIMESTAMP => TRY_CAST(CAST(:_moment AS DATETIME) AS TIMESTAMP_NTZ(9)))",
        "AT /* then ) */ ( -- the ( same\n TIMESTAMP => :_moment /* ) */ )",
        "BEFORE(TIMESTAMP => :_moment)",
    ],
)
def test_switched_off_the_clause_is_left_out_however_it_is_written(clause: str) -> None:
    said = as_of(f"SELECT ')' FROM t {clause}AS x JOIN u {clause} AS y", MOMENT, one=False)
    assert said == "SELECT ')' FROM t AS x JOIN u  AS y"


@pytest.mark.parametrize("value", ["DATEADD(day, -1, :_moment)", ":_moment::DATE", ":_moment - INTERVAL '1 day'"])
def test_switched_off_a_clause_that_reckons_from_the_moment_stays(value: str) -> None:
    said = f"SELECT * FROM t AT(TIMESTAMP => {value}) AS x"
    assert as_of(said, MOMENT, one=False) == as_of(said, MOMENT, one=True) == said.replace(":_moment", LITERAL)


def test_switched_off_a_comment_before_the_clause_takes_nothing_with_it() -> None:
    said = as_of("FROM t -- of the shop\n AT(TIMESTAMP => :_moment) AS x WHERE x.a = 1", MOMENT, one=False)
    assert said == "FROM t -- of the shop\n  AS x WHERE x.a = 1"


def test_switched_off_the_moment_can_still_be_shown() -> None:
    said = as_of("SELECT :_moment AS seen FROM t AT(TIMESTAMP => :_moment)", MOMENT, one=False)
    assert said == f"SELECT {LITERAL} AS seen FROM t "


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 'AT(TIMESTAMP => :_moment)'",
        'SELECT "x AT(TIMESTAMP => :_moment)"',
        "SELECT 1 -- FROM t AT(TIMESTAMP => :_moment)",
        "SELECT v:_moment, v['a']:_moment, x::_moment, :_moments FROM t AT(TIMESTAMP => :_moments)",
        "SELECT * FROM t AT(OFFSET => -60)",
    ],
)
def test_what_only_looks_like_it_stays_as_it_is(sql: str, one: bool) -> None:
    assert as_of(sql, MOMENT, one=one) == sql


def test_a_query_says_it_or_not() -> None:
    assert says_moment("SELECT * FROM t AT(TIMESTAMP => :_moment)")
    assert not says_moment("SELECT ':_moment' FROM t")
