"""Cells of a workbook, read back by two readers that share no code with the writer."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runner.arrow import RecordBatch, pa
from runner.writers.xlsx.cells import CUT_NOTE, MAX_TEXT_UNITS
from tests.unit.runner.workbooks import cells, cells_elsewhere, definition, opened, workbook


def batch(**columns: Any) -> RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def one_column(values: list[Any], kind: Any = None, **options: Any) -> list[Any]:
    content = workbook([batch(value=pa.array(values, kind))], **options)
    return [row[0] for row in cells(content)[1:]]


texts = st.lists(st.none() | st.text(st.characters(codec="utf-8"), min_size=1, max_size=12), min_size=1, max_size=6)
tables = st.fixed_dictionaries(
    {
        "text": texts,
        "whole": st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), min_size=6, max_size=6),
        "real": st.lists(st.none() | st.floats(allow_nan=False, allow_infinity=False), min_size=6, max_size=6),
        "exact": st.lists(
            st.none() | st.decimals(-(10**20), 10**20, places=4, allow_nan=False, allow_infinity=False),
            min_size=6,
            max_size=6,
        ),
        "day": st.lists(st.none() | st.dates(date(1, 1, 1), date(9999, 12, 31)), min_size=6, max_size=6),
        "yes": st.lists(st.none() | st.booleans(), min_size=6, max_size=6),
    }
)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_any_table_comes_back_from_both_readers(table: dict[str, list[Any]]) -> None:
    length = len(table["text"])
    rows = batch(
        text=pa.array(table["text"], pa.string()),
        whole=pa.array(table["whole"][:length], pa.int64()),
        real=pa.array(table["real"][:length], pa.float64()),
        exact=pa.array(table["exact"][:length], pa.decimal128(38, 4)),
        day=pa.array(table["day"][:length], pa.date32()),
        yes=pa.array(table["yes"][:length], pa.bool_()),
    )
    content = workbook([rows])
    header, *read = cells(content)
    assert header == tuple(rows.schema.names)
    width = len(header)
    padded = read + [(None,) * width] * (length - len(read))
    for source, row in zip(rows.to_pylist(), padded, strict=True):
        assert row[0] == source["text"]
        assert as_number(row[1]) == source["whole"]
        assert (row[2] if row[2] is None else float(row[2])) == source["real"]
        assert as_number(row[3]) == source["exact"]
        assert as_day(row[4]) == source["day"]
        assert row[5] == source["yes"]
    elsewhere = [row[0] or None for row in cells_elsewhere(content)[1:]]
    assert elsewhere + [None] * (length - len(elsewhere)) == table["text"]


def as_number(cell: Any) -> Any:
    return None if cell is None else Decimal(str(cell))


def as_day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    return None if cell is None else date.fromisoformat(cell)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://a","b")'])
def test_a_text_that_looks_like_a_formula_is_a_text_and_stays_one_when_it_is_edited(text: str) -> None:
    content = workbook([batch(value=[text, "plain"])])
    sheet = opened(content)["sold"]
    assert sheet["A2"].data_type != "f"
    assert cells(content)[1] == (text,)
    assert sheet["A2"].quotePrefix
    assert not sheet["A3"].quotePrefix


def test_a_number_keeps_every_digit_as_text_where_a_spreadsheet_would_round_it() -> None:
    assert one_column([10**15 - 1, 10**15 + 1, 2**63 - 1]) == [10**15 - 1, "1000000000000001", "9223372036854775807"]
    exact = [Decimal("123456789012.345"), Decimal("1234567890123.456")]
    assert one_column(exact, pa.decimal128(38, 3)) == [123456789012.345, "1234567890123.456"]


def test_what_is_no_number_is_told_in_words() -> None:
    assert one_column([1.5, float("nan"), float("inf"), None, 2.5]) == [1.5, "nan", "inf", None, 2.5]


def test_an_instant_is_shown_in_the_reports_time_zone() -> None:
    instants = pa.array([datetime(2026, 7, 1, 22, 30, tzinfo=UTC)], pa.timestamp("ns", "UTC"))
    report = definition(time_zone="Europe/Vienna")
    assert cells(workbook([batch(at=instants)], report))[1] == (datetime(2026, 7, 2, 0, 30),)  # noqa: DTZ001 - as a sheet has it


def test_days_before_march_1900_are_text_because_spreadsheets_count_them_wrongly() -> None:
    assert one_column([date(1900, 2, 28), date(1900, 3, 1)]) == ["1900-02-28", datetime(1900, 3, 1)]  # noqa: DTZ001 - as above


def test_times_booleans_binary_and_json_are_what_a_person_expects() -> None:
    content = workbook(
        [batch(at=[time(13, 30)], yes=[True], raw=[b"\x01\xff"], tree=['{ "a": [1, 2] }'])],
        json_columns=frozenset({"tree"}),
    )
    assert cells(content)[1] == (time(13, 30), True, "01FF", '{"a":[1,2]}')


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    fits, too_long, wide = "x" * MAX_TEXT_UNITS, "x" * (MAX_TEXT_UNITS + 1), "\N{GRINNING FACE}" * MAX_TEXT_UNITS
    read = one_column([fits, too_long, wide])
    assert read[0] == fits
    for cut in read[1:]:
        assert cut.endswith(CUT_NOTE)
        assert len(cut.encode("utf-16-le")) // 2 in {MAX_TEXT_UNITS, MAX_TEXT_UNITS - 1}
