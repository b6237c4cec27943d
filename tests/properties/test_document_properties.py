"""Documents against their source, over tables of any shape: an independent reader finds every cell."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contract.presentation import ColumnFormat
from runner.arrow import RecordBatch, pa
from runner.writers.shown import Shown
from runner.writers.values import printable
from tests.unit.runner.made_documents import made, page, paper, rows

ZONE = "Europe/Berlin"
SHOWN = Shown("de-DE", ZONE)
# Letters of many scripts, markup of both compilers, controls, and what has no glyph.
LETTERS = st.sampled_from("aZ09 äЖΩשع漢か한😀<>&\"'{}#$*_@\\/`[]=+-,;\x00\x1b\ufffe\u202e\u200d\n\t")
TEXTS = st.text(LETTERS, max_size=30)
KINDS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    (pa.string(), TEXTS),
    (pa.int64(), st.integers(-(2**63), 2**63 - 1)),
    (pa.decimal128(38, 7), st.decimals(-(10**30), 10**30, places=7)),
    (pa.float64(), st.floats()),
    (pa.date32(), st.dates(date(1000, 1, 1), date(9999, 12, 31))),
    (pa.timestamp("us", "UTC"), st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001 - the zone is given beside
    (pa.bool_(), st.booleans()),
    (pa.binary(), st.binary(max_size=20)),
]


@st.composite
def tables(draw: st.DrawFn) -> RecordBatch:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6))
    height = draw(st.integers(0, 5))
    return rows(
        **{
            f"column_{number}": pa.array(draw(st.lists(st.none() | cells, min_size=height, max_size=height)), kind)
            for number, (kind, cells) in enumerate(kinds)
        }
    )


def expected(batch: RecordBatch) -> list[list[str]]:
    def text(value: Any) -> str:
        return value.hex().upper() if isinstance(value, bytes) else SHOWN.text(value, ColumnFormat())

    return [[text(value) for value in row.values()] for row in batch.to_pylist()]


@given(tables())
@settings(max_examples=40)
def test_a_page_holds_every_cell_as_it_is_shown(batch: RecordBatch) -> None:
    read = page(made("html", {"a": [batch]}, locale="de-DE", time_zone=ZONE))
    assert read.rows[1:] == expected(batch)


@given(st.lists(st.tuples(st.integers(), st.decimals(-(10**12), 10**12, places=2)), min_size=1, max_size=5))
@settings(max_examples=10)
def test_paper_holds_every_number_as_it_is_shown(values: list[tuple[int, Decimal]]) -> None:
    batch = rows(a=[str(number) for number, _ in values], b=[amount for _, amount in values])
    read = paper(made("pdf", {"a": [batch]}, locale="de-DE", time_zone=ZONE))
    assert all(read.says(cell) for row in expected(batch) for cell in row)


@given(tables())
@settings(max_examples=15)
def test_any_table_at_all_goes_on_paper(batch: RecordBatch) -> None:
    read = paper(made("pdf", {"a": [batch]}, locale="de-DE", time_zone=ZONE))
    assert "Page 1 of" in read.pages[0]


@given(TEXTS, TEXTS)
def test_what_is_printable_stays_so(left: str, right: str) -> None:
    assert printable(printable(left) + printable(right)) == printable(left + right)
