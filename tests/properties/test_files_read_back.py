"""Whatever a result holds, independent readers find it in every data file."""

import csv
import importlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runner.arrow import DataType, RecordBatch, pa
from runner.writers.csv import CsvWriter
from runner.writers.format import Column
from runner.writers.json import JsonWriter
from runner.writers.ndjson import NdjsonWriter
from runner.writers.parquet import ParquetWriter
from tests.runner_files import written

parquet: Any = importlib.import_module("pyarrow.parquet")

FEW = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
DAYS = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of Snowflake's: as Arrow brings it, its values, and what they are as text and in JSON."""

    name: str
    type: DataType
    values: st.SearchStrategy[Any]
    text: Callable[[Any], str] = str
    in_json: Callable[[Any], Any] | None = None


def iso(value: datetime | time) -> str:
    text = value.replace(tzinfo=None).isoformat()
    return text.rstrip("0") if "." in text else text


def variant(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


texts = st.text(st.characters(codec="utf-8"), max_size=20)
nested = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
KINDS = (
    Kind("FIXED", pa.int64(), st.integers(-(2**63), 2**63 - 1), in_json=int),
    Kind("FIXED", pa.decimal128(38, 0), st.integers(-(10**38) + 1, 10**38 - 1).map(Decimal), in_json=Decimal),
    Kind(
        "FIXED",
        pa.decimal128(38, 9),
        st.decimals(-(10**28), 10**28, places=9, allow_nan=False),
        lambda value: format(value, ".9f"),
        Decimal,
    ),
    Kind("REAL", pa.float64(), st.floats(allow_nan=False, allow_infinity=False), in_json=float),
    Kind("BOOLEAN", pa.bool_(), st.booleans(), lambda value: str(value).lower(), bool),
    Kind("DATE", pa.date32(), st.dates(*DAYS), date.isoformat),
    Kind("TIMESTAMP_NTZ", pa.timestamp("us"), st.datetimes(), iso),
    Kind("TIMESTAMP_TZ", pa.timestamp("us", "UTC"), st.datetimes(timezones=st.just(UTC)), lambda v: f"{iso(v)}Z"),
    Kind("TIME", pa.time64("us"), st.times(), iso),
    Kind("TEXT", pa.string(), texts),
    Kind("BINARY", pa.binary(), st.binary(max_size=8), lambda value: value.hex().upper()),
    Kind("VARIANT", pa.string(), nested.map(variant), lambda v: json.dumps(json.loads(v)), json.loads),
)
VARIANT = KINDS[-1]


@dataclass(frozen=True, slots=True)
class Answer:
    """A generated result: columns of some kinds, and rows in batches."""

    kinds: tuple[Kind, ...]
    rows: list[list[Any]]
    cut: int

    def columns(self) -> list[Column]:
        return [
            Column(f"c{number}", kind is VARIANT, type=kind.type, kind=kind.name)
            for number, kind in enumerate(self.kinds)
        ]

    def batches(self) -> list[RecordBatch]:
        return [self._batch(self.rows[: self.cut]), self._batch(self.rows[self.cut :])] if self.rows else []

    def _batch(self, rows: list[list[Any]]) -> RecordBatch:
        cells = list(zip(*rows, strict=True)) or [()] * len(self.kinds)
        arrays = [pa.array(list(values), kind.type) for values, kind in zip(cells, self.kinds, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, names=[column.name for column in self.columns()])

    def write(self, writer: Any, **definition: Any) -> bytes:
        [file] = written(writer, {"q": (self.columns(), self.batches())}, **definition).values()
        assert file.rows == len(self.rows)
        return file.content

    def as_text(self) -> list[list[str]]:
        return [
            ["" if value is None else kind.text(value) for value, kind in zip(row, self.kinds, strict=True)]
            for row in self.rows
        ]

    def as_json(self) -> list[dict[str, Any]]:
        return [
            {
                f"c{number}": None if value is None else (kind.in_json or kind.text)(value)
                for number, (value, kind) in enumerate(zip(row, self.kinds, strict=True))
            }
            for row in self.rows
        ]


@st.composite
def answers(draw: st.DrawFn) -> Answer:
    kinds = tuple(draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=6)))
    rows = draw(st.lists(st.tuples(*(st.none() | kind.values for kind in kinds)).map(list), max_size=6))
    return Answer(kinds, rows, draw(st.integers(0, len(rows))))


@pytest.fixture
def reader() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        yield connection


@FEW
@given(answers(), st.sampled_from([",", ";", "\t", "|"]))
def test_csv_says_every_value_to_the_csv_module(answer: Answer, delimiter: str) -> None:
    text = answer.write(CsvWriter, csv={"delimiter": delimiter}).decode()
    header, *rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    assert header == [column.name for column in answer.columns()]
    for found, expected, values in zip(rows, answer.as_text(), answer.rows, strict=True):
        for cell, text_of, value, kind in zip(found, expected, values, answer.kinds, strict=True):
            if kind is VARIANT and value is not None:
                assert json.loads(cell) == json.loads(value)
            elif kind.name == "REAL" and value is not None:
                assert float(cell) == value
            else:
                assert cell == text_of


@FEW
@given(answers())
def test_json_and_ndjson_say_every_value_to_the_json_module(answer: Answer) -> None:
    def read(text: str) -> Any:
        return json.loads(text, parse_float=Decimal)

    def alike(found: list[dict[str, Any]]) -> bool:
        exact = [
            {name: float(value) if isinstance(expected[name], float) else value for name, value in row.items()}
            for row, expected in zip(found, answer.as_json(), strict=True)
        ]
        return exact == answer.as_json()

    assert alike(read(answer.write(JsonWriter).decode()))
    assert alike([read(line) for line in answer.write(NdjsonWriter).decode().split("\n")[:-1]])


@FEW
@given(answer=answers())
def test_parquet_gives_every_value_with_its_type_to_duckdb(
    answer: Answer, tmp_path: Path, reader: duckdb.DuckDBPyConnection
) -> None:
    path = tmp_path / "q.parquet"
    path.write_bytes(answer.write(ParquetWriter))
    casts = [
        f"epoch_us(c{number})" if kind.name.startswith("TIMESTAMP") else f"c{number}"
        for number, kind in enumerate(answer.kinds)
    ]
    found = reader.execute(f"SELECT {', '.join(casts)} FROM read_parquet('{path}')").fetchall()
    described = reader.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()
    assert [row[1] for row in described] == [DUCKDB[kind.name, str(kind.type)] for kind in answer.kinds]
    assert found == [tuple(_as_duckdb(v, k) for v, k in zip(row, answer.kinds, strict=True)) for row in answer.rows]


DUCKDB = {
    ("FIXED", "int64"): "BIGINT",
    ("FIXED", "decimal128(38, 0)"): "DECIMAL(38,0)",
    ("FIXED", "decimal128(38, 9)"): "DECIMAL(38,9)",
    ("REAL", "double"): "DOUBLE",
    ("BOOLEAN", "bool"): "BOOLEAN",
    ("DATE", "date32[day]"): "DATE",
    ("TIMESTAMP_NTZ", "timestamp[us]"): "TIMESTAMP",
    ("TIMESTAMP_TZ", "timestamp[us, tz=UTC]"): "TIMESTAMP WITH TIME ZONE",
    ("TIME", "time64[us]"): "TIME",
    ("TEXT", "string"): "VARCHAR",
    ("BINARY", "binary"): "BLOB",
    ("VARIANT", "string"): "VARCHAR",
}


def _as_duckdb(value: Any, kind: Kind) -> Any:
    if value is not None and kind.name.startswith("TIMESTAMP"):
        since = value.replace(tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return since.days * 86_400_000_000 + since.seconds * 1_000_000 + since.microseconds
    return value


def test_duckdb_reads_csv_and_ndjson_as_the_same_rows(tmp_path: Path, reader: duckdb.DuckDBPyConnection) -> None:
    kinds = tuple(kind for kind in KINDS if kind.name in {"FIXED", "TEXT", "DATE", "BOOLEAN"})
    rows: list[list[Any]] = [
        [1, Decimal(10**37), Decimal("0.000000001"), True, date(2026, 1, 2), 'Größe "M", ü\nx'],
        [None] * 6,
    ]
    answer = Answer(kinds, rows, 1)
    (tmp_path / "q.csv").write_bytes(answer.write(CsvWriter))
    (tmp_path / "q.ndjson").write_bytes(answer.write(NdjsonWriter))
    types = ", ".join(f"'c{n}': '{DUCKDB[kind.name, str(kind.type)]}'" for n, kind in enumerate(kinds))
    from_csv = f"SELECT * FROM read_csv('{tmp_path}/q.csv', header = true, columns = {{{types}}})"
    assert [list(row) for row in reader.execute(from_csv).fetchall()] == rows
    from_ndjson = f"SELECT * FROM read_json('{tmp_path}/q.ndjson', columns = {{{types}}})"
    assert [list(row) for row in reader.execute(from_ndjson).fetchall()] == rows


@pytest.mark.parametrize("rows", [0, 3])
@pytest.mark.parametrize("width", [1, 200])
def test_no_rows_one_column_and_two_hundred_are_right_in_every_format(rows: int, width: int) -> None:
    answer = Answer((KINDS[0],) * width, [[row] * width for row in range(rows)], 0)
    assert list(csv.reader(io.StringIO(answer.write(CsvWriter).decode(), newline="")))[1:] == answer.as_text()
    assert json.loads(answer.write(JsonWriter)) == answer.as_json()
    assert [json.loads(line) for line in answer.write(NdjsonWriter).splitlines()] == answer.as_json()
    table = parquet.read_table(io.BytesIO(answer.write(ParquetWriter)))
    assert (table.to_pylist(), table.schema.types) == (answer.as_json(), [pa.int64()] * width)
