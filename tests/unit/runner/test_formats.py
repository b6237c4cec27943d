"""CSV, JSON and NDJSON as written, read back by the standard library."""

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.arrow import RecordBatch, pa
from runner.writers.csv import CsvWriter
from runner.writers.format import Column, ReportWriter
from runner.writers.json import JsonWriter
from runner.writers.ndjson import NdjsonWriter
from tests import runner_files


def batch(**columns: Any) -> RecordBatch:
    return pa.RecordBatch.from_pydict(columns)


def written(
    writer: type[ReportWriter],
    batches: list[RecordBatch],
    json_columns: frozenset[str] = frozenset(),
    **definition: Any,
) -> str:
    columns = [Column(name, name in json_columns) for name in batches[0].schema.names]
    [file] = runner_files.written(writer, {"q": (columns, batches)}, **definition).values()
    assert file.rows == sum(batch.num_rows for batch in batches)
    return file.content.decode()


def as_csv(*batches: RecordBatch, json_columns: frozenset[str] = frozenset()) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(CsvWriter, list(batches), json_columns), newline=""), strict=True))


def as_json(*batches: RecordBatch, json_columns: frozenset[str] = frozenset()) -> Any:
    return json.loads(written(JsonWriter, list(batches), json_columns), parse_float=Decimal)


def as_ndjson(*batches: RecordBatch) -> Any:
    lines = written(NdjsonWriter, list(batches)).split("\n")
    assert lines.pop() == ""
    return [json.loads(line, parse_float=Decimal) for line in lines]


texts = st.lists(st.none() | st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=8)


@given(texts, texts)
def test_any_text_comes_back_from_both_formats(left: list[str | None], right: list[str | None]) -> None:
    rows = list(zip(left, right, strict=False))
    columns = batch(
        a=pa.array([row[0] for row in rows], pa.string()), b=pa.array([row[1] for row in rows], pa.string())
    )
    assert as_json(columns) == as_ndjson(columns) == [{"a": a, "b": b} for a, b in rows]
    assert as_csv(columns)[1:] == [[a or "", b or ""] for a, b in rows]


@given(st.lists(st.none() | st.decimals(-(10**30), 10**30, places=7), min_size=1, max_size=8))
def test_decimals_keep_every_digit_and_never_an_exponent(values: list[Decimal | None]) -> None:
    column = batch(amount=pa.array(values, pa.decimal128(38, 7)))
    assert [row["amount"] for row in as_json(column)] == values
    for text, value in zip(written(CsvWriter, [column]).splitlines()[1:], values, strict=True):
        assert text == ('""' if value is None else format(value, ".7f"))


def test_null_and_empty_text_can_be_told_apart_in_csv() -> None:
    text = written(CsvWriter, [batch(a=[None, "", "x"], b=["1", None, ""])])
    assert text == 'a,b\r\n,1\r\n"",\r\nx,""\r\n'


def test_a_lone_null_is_not_an_empty_line() -> None:
    assert written(CsvWriter, [batch(a=pa.array([None, 1], pa.int64()))]) == 'a\r\n""\r\n1\r\n'


def test_lines_end_as_rfc_4180_says_and_quotes_are_doubled() -> None:
    assert written(CsvWriter, [batch(a=['say "hi"', "a,b", "two\nlines"])]) == (
        'a\r\n"say ""hi"""\r\n"a,b"\r\n"two\nlines"\r\n'
    )


def test_batches_follow_each_other_without_a_seam() -> None:
    batches = [batch(id=[1, 2]), batch(id=pa.array([], pa.int64())), batch(id=[3]).slice(0, 1)]
    assert [row["id"] for row in as_json(*batches)] == [1, 2, 3]
    assert [row["id"] for row in as_ndjson(*batches)] == [1, 2, 3]
    assert as_csv(*batches) == [["id"], ["1"], ["2"], ["3"]]


def test_a_slice_of_a_batch_writes_only_its_rows() -> None:
    part = batch(id=list(range(100)), name=[f"n{number}" for number in range(100)]).slice(40, 3)
    assert [row["id"] for row in as_json(part)] == [40, 41, 42]
    assert as_csv(part)[1:] == [["40", "n40"], ["41", "n41"], ["42", "n42"]]


def test_no_rows_make_a_header_and_an_empty_array() -> None:
    empty = batch(id=pa.array([], pa.int64()))
    assert written(CsvWriter, [empty]) == "id\r\n"
    assert as_json(empty) == as_ndjson(empty) == []


@pytest.mark.parametrize(
    ("column", "plain", "in_json"),
    [
        (pa.array([date(2026, 2, 28)]), "2026-02-28", "2026-02-28"),
        (pa.array([datetime(2026, 2, 28, 1, 2, 3)], pa.timestamp("ns")), "2026-02-28T01:02:03", "2026-02-28T01:02:03"),  # noqa: DTZ001 - a value without zone is the case
        (
            pa.array([datetime(2026, 2, 28, 1, 2, 3, 120_000, UTC)], pa.timestamp("us", "America/New_York")),
            "2026-02-28T01:02:03.12Z",
            "2026-02-28T01:02:03.12Z",
        ),
        (pa.array([time(1, 2, 3, 400_000)]), "01:02:03.4", "01:02:03.4"),
        (pa.array([True]), "true", True),
        (pa.array([b"\x00\xff"]), "00FF", "00FF"),
        (pa.array([1.5]), "1.5", Decimal("1.5")),
        (pa.array([float("nan")]), "nan", "nan"),
        (pa.array([float("-inf")]), "-inf", "-inf"),
        (pa.array([2**63 - 1]), str(2**63 - 1), 2**63 - 1),
        (pa.array([[1, 2]]), "[1,2]", [1, 2]),
        (pa.array([Decimal("0.0000001")], pa.decimal128(38, 7)), "0.0000001", Decimal("0.0000001")),
    ],
)
def test_every_kind_of_value_has_one_way_to_be_written(column: Any, plain: str, in_json: object) -> None:
    assert as_csv(batch(value=column)) == [["value"], [plain]]
    assert as_json(batch(value=column)) == as_ndjson(batch(value=column)) == [{"value": in_json}]


def test_variant_stays_json_and_loses_only_its_white_space() -> None:
    pretty = '{\n  "a": [1, 2.50],\n  "b": "two  \\"spaces\\""\n}'
    column = batch(v=[pretty, None])
    assert as_json(column, json_columns=frozenset({"v"}))[0]["v"] == {"a": [1, Decimal("2.50")], "b": 'two  "spaces"'}
    compact = '{"a":[1,2.50],"b":"two  \\"spaces\\""}'
    assert as_csv(column, json_columns=frozenset({"v"})) == [["v"], [compact], [""]]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_another_delimiter_is_what_is_quoted(delimiter: str) -> None:
    text = written(CsvWriter, [batch(a=["x,y", f"x{delimiter}y"], b=[1, None])], csv={"delimiter": delimiter})
    assert text == f'a{delimiter}b\r\nx,y{delimiter}1\r\n"x{delimiter}y"{delimiter}\r\n'


def test_a_gzipped_csv_says_so_in_its_name_and_type_and_is_the_same_each_time() -> None:
    rows = [batch(a=list(range(1000)))] * 3
    columns = [Column("a")]
    files = [runner_files.written(CsvWriter, {"q": (columns, rows)}, csv={"gzip": True}) for _ in range(2)]
    [file] = files[0].values()
    assert (list(files[0]), file.content_type, file.rows) == (["q.csv.gz"], "application/gzip", 3000)
    assert gzip.decompress(file.content).decode() == written(CsvWriter, rows)
    assert file.content == files[1]["q.csv.gz"].content


def test_every_query_has_a_file_of_its_own() -> None:
    rows = {name: ([Column("a")], [batch(a=[number])]) for number, name in enumerate(("one", "two"))}
    for writer, ending in ((CsvWriter, "csv"), (JsonWriter, "json"), (NdjsonWriter, "ndjson")):
        files = runner_files.written(writer, rows)
        assert {(name, file.query, file.rows) for name, file in files.items()} == {
            (f"one.{ending}", "one", 1),
            (f"two.{ending}", "two", 1),
        }
