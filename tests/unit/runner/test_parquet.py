"""Parquet files: the types of the columns, row groups of bounded size, and what does not fit."""

import importlib
import io
from datetime import datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from contract.report import Query
from runner.arrow import DataType, RecordBatch, pa
from runner.columns import arrow_type, columns_of
from runner.failures import RunFailedError
from runner.writers.format import Column, UnfitError
from runner.writers.parquet import ROW_GROUP_BYTES, ParquetWriter
from tests.runner_files import written

parquet: Any = importlib.import_module("pyarrow.parquet")


def file_of(columns: list[Column], batches: list[RecordBatch]) -> Any:
    [file] = written(ParquetWriter, {"q": (columns, batches)}).values()
    assert (file.content_type, file.rows) == ("application/vnd.apache.parquet", sum(b.num_rows for b in batches))
    return parquet.ParquetFile(io.BytesIO(file.content))


def batch(*arrays: Any) -> RecordBatch:
    return pa.RecordBatch.from_arrays(list(arrays), names=[f"C{number}" for number in range(len(arrays))])


def test_a_column_has_the_type_that_snowflake_declares_however_narrow_a_batch_comes() -> None:
    column = Column("n", type=pa.decimal128(38, 0), kind="FIXED")
    batches = [batch(pa.array([1], pa.int8())), batch(pa.array([Decimal(10**37)], pa.decimal128(38, 0)))]
    read = file_of([column], batches)
    assert read.schema_arrow.field("n").type == pa.decimal128(38, 0)
    assert read.read().column("n").to_pylist() == [Decimal(1), Decimal(10**37)]


def test_a_result_without_rows_keeps_its_types() -> None:
    columns = [
        Column("at", type=pa.timestamp("ns", "UTC")),
        Column("v", is_json=True, type=pa.string(), kind="VARIANT"),
    ]
    schema = file_of(columns, []).schema_arrow
    assert schema.types == [pa.timestamp("ns", "UTC"), pa.string()]


def test_json_columns_carry_a_note_of_their_type() -> None:
    columns = [Column("v", is_json=True, type=pa.string(), kind="VARIANT"), Column("t", type=pa.string(), kind="TEXT")]
    schema = file_of(columns, [batch(pa.array(['{"a":1}']), pa.array(["x"]))]).schema_arrow
    assert schema.field("v").metadata[b"snowflake_type"] == b"VARIANT"
    assert schema.field("t").metadata is None or b"snowflake_type" not in schema.field("t").metadata


def test_days_beyond_the_reach_of_nanoseconds_are_kept_in_microseconds() -> None:
    forever = datetime(9999, 12, 31)  # noqa: DTZ001 - a value without zone is the case
    column = Column("until", type=pa.timestamp("ns"), kind="TIMESTAMP_NTZ")
    read = file_of([column], [batch(pa.array([forever], pa.timestamp("us")))])
    assert read.schema_arrow.types == [pa.timestamp("us")]
    assert read.read().column("until").to_pylist() == [forever]


def test_a_value_that_the_column_cannot_hold_is_refused_by_the_columns_name() -> None:
    column = Column("until", type=pa.timestamp("ns"), kind="TIMESTAMP_NTZ")
    fine, beyond = (datetime(year, 12, 31) for year in (2026, 9999))  # noqa: DTZ001 - as above
    batches = [batch(pa.array([fine], pa.timestamp("ns"))), batch(pa.array([beyond], pa.timestamp("us")))]
    with pytest.raises(UnfitError, match=r"column until began as timestamp\[ns\].*TIMESTAMP_NTZ\(6\)"):
        file_of([column], batches)


def test_row_groups_are_cut_by_their_bytes() -> None:
    rows = 1 + ROW_GROUP_BYTES // 8 // 4
    quarter = batch(pa.array(range(rows), pa.int64()))
    read = file_of([Column("n", type=pa.int64())], [quarter] * 5)
    groups = [read.metadata.row_group(number).num_rows for number in range(read.num_row_groups)]
    assert groups == [4 * rows, rows]
    assert read.metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize(
    ("kind", "precision", "scale", "arrow"),
    [
        ("FIXED", 9, 0, pa.int64()),
        ("FIXED", 18, 0, pa.int64()),
        ("FIXED", 19, 0, pa.decimal128(19, 0)),
        ("FIXED", 38, 37, pa.decimal128(38, 37)),
        ("FIXED", None, None, pa.decimal128(38, 0)),
        ("TIMESTAMP_NTZ", 0, 9, pa.timestamp("ns")),
        ("TIMESTAMP_NTZ", 0, 6, pa.timestamp("us")),
        ("TIMESTAMP_LTZ", 0, 3, pa.timestamp("us", "UTC")),
        ("TIMESTAMP_TZ", 0, None, pa.timestamp("ns", "UTC")),
        ("REAL", None, None, pa.float64()),
        ("BINARY", None, None, pa.binary()),
        ("VECTOR", None, None, None),
    ],
)
def test_every_type_of_snowflake_has_one_of_arrow(
    kind: str, precision: int | None, scale: int | None, arrow: DataType
) -> None:
    assert arrow_type(kind, precision, scale) == arrow


def described(name: str, type_code: int) -> Any:
    return SimpleNamespace(name=name, type_code=type_code, precision=None, scale=None)


@pytest.mark.parametrize(("type_code", "says"), [(19, "INTERVAL_YEAR_MONTH"), (9999, "9999")])
def test_a_type_that_no_file_holds_is_refused_by_the_columns_name(type_code: int, says: str) -> None:
    query = Query(name="q", sql="SELECT 1")
    with pytest.raises(RunFailedError, match=rf"column age of query q has the type {says}.*VARCHAR") as refused:
        columns_of(query, [described("ID", 0), described("AGE", type_code)])
    assert refused.value.exit_code == 10


def test_looks_are_found_whatever_their_capitals() -> None:
    query = Query.model_validate({"name": "q", "sql": "SELECT 1", "columns": {"Net_Amount": {"title": "Net"}}})
    [column] = columns_of(query, [described("NET_AMOUNT", 0)])
    assert (column.name, column.look.title) == ("net_amount", "Net")
