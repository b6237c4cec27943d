"""Engine results as Snowflake sends them: row type descriptions and Arrow in its layout."""

import datetime as dt
import json
import re
from base64 import b64encode
from typing import Any
from zoneinfo import ZoneInfo

from local_cloud.snowflake.arrow import pa, pc
from local_cloud.snowflake.result import Result

# The layouts come from the connector's Arrow reader: a timestamp is a struct of epoch seconds, fraction in
# nanoseconds and, with a zone, the offset in minutes + 1440.
_WIRE_TYPES = {
    "BIGINT": "fixed",
    "BIT": "text",
    "BLOB": "binary",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "DECIMAL": "fixed",
    "DOUBLE": "real",
    "FLOAT": "real",
    "HUGEINT": "fixed",
    "INTEGER": "fixed",
    "JSON": "variant",
    "SMALLINT": "fixed",
    "TIME": "time",
    "TIMESTAMP": "timestamp_ntz",
    "TIMESTAMP WITH TIME ZONE": "timestamp_tz",
    "TIMESTAMP_MS": "timestamp_ntz",
    "TIMESTAMP_NS": "timestamp_ntz",
    "TIMESTAMP_S": "timestamp_ntz",
    "TINYINT": "fixed",
    "UBIGINT": "fixed",
    "UHUGEINT": "fixed",
    "UINTEGER": "fixed",
    "USMALLINT": "fixed",
    "UTINYINT": "fixed",
}
_TEXT_BYTES = 16_777_216  # Snowflake's default VARCHAR length
_NO_OFFSET_MIN = 1440
DML_STATEMENTS = frozenset({0x3000, 0x3100, 0x3200, 0x3300, 0x3400, 0x3500})


def wire_type(engine_type: str) -> str:
    """Snowflake's name of a DuckDB type; lists, structs and maps travel as VARIANT."""
    if engine_type.startswith("DECIMAL"):
        return "fixed"
    if engine_type.endswith("]") or engine_type.startswith(("STRUCT", "MAP")):
        return "variant"
    return _WIRE_TYPES.get(engine_type, "text")


def describe(result: Result) -> list[dict[str, Any]]:
    """The `rowtype` of a response."""
    return [_column(name, kind) for name, kind in zip(result.table.column_names, result.types, strict=True)]


def _column(name: str, engine_type: str) -> dict[str, Any]:
    kind = wire_type(engine_type)
    length = {"text": _TEXT_BYTES, "variant": _TEXT_BYTES, "binary": 8_388_608}.get(kind)
    precision: int | None = None
    scale: int | None = None
    if kind == "fixed":
        exact = re.search(r"\((\d+),\s*(\d+)\)", engine_type)
        precision, scale = (int(exact[1]), int(exact[2])) if exact else (38, 0)
    elif kind.startswith("time"):
        precision, scale = 0, 9
    return {
        "name": name,
        "database": "",
        "schema": "",
        "table": "",
        "nullable": True,
        "type": kind,
        "byteLength": length,
        "length": length,
        "scale": scale,
        "precision": precision,
        "collation": None,
    }


def payload(result: Result, rowtype: list[dict[str, Any]]) -> dict[str, Any]:
    """The part of a response that carries the rows: JSON for DML counts, Arrow for the rest."""
    if result.statement_type in DML_STATEMENTS:
        rows = [[None if cell is None else str(cell) for cell in row] for row in result.rows()]
        return {"queryResultFormat": "json", "rowset": rows}
    if result.table.num_rows == 0:
        # As Snowflake does: clients make the empty table from the row type.
        return {"queryResultFormat": "arrow", "rowsetBase64": ""}
    encoded = b64encode(arrow_stream(result, rowtype)).decode("ascii")
    return {"queryResultFormat": "arrow", "rowsetBase64": encoded}


def arrow_stream(result: Result, rowtype: list[dict[str, Any]]) -> Any:
    """The rows as an Arrow stream in Snowflake's layout."""
    columns = [
        _wire_column(column, kind)
        for column, kind in zip(result.table.columns, (c["type"] for c in rowtype), strict=True)
    ]
    fields = [_field(column, info) for column, info in zip(columns, rowtype, strict=True)]
    table = pa.Table.from_arrays(columns, schema=pa.schema(fields))
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _field(column: Any, info: dict[str, Any]) -> Any:
    metadata = {
        "logicalType": info["type"].upper(),
        "precision": str(info["precision"] or 38),
        "scale": str(info["scale"] or 0),
        "charLength": str(info["length"] or 0),
    }
    return pa.field(info["name"], column.type, nullable=True, metadata=metadata)


def _wire_column(column: Any, kind: str) -> Any:  # noqa: PLR0911  a rule table, read top to bottom
    arrow = column.type
    if kind.startswith("timestamp"):
        return _timestamps(column)
    if pa.types.is_null(arrow):
        return column.cast(pa.string())
    if pa.types.is_time(arrow):
        return column.cast(pa.time64("ns")).cast(pa.int64())
    if pa.types.is_uint64(arrow):
        return column.cast(pa.decimal128(20, 0))
    if pa.types.is_unsigned_integer(arrow):
        return column.cast(pa.int64())
    if pa.types.is_float32(arrow):
        return column.cast(pa.float64())
    if kind == "variant" and not pa.types.is_string(arrow):
        texts = [None if v is None else json.dumps(v, default=str) for v in column.to_pylist()]
        return pa.array(texts, type=pa.string())
    if kind == "text" and not (pa.types.is_string(arrow) or pa.types.is_large_string(arrow)):
        return pa.array([None if v is None else str(v) for v in column.to_pylist()], type=pa.string())
    return column


def _timestamps(column: Any) -> Any:
    stamps = column.combine_chunks()
    if isinstance(stamps, pa.ChunkedArray):  # an empty table stays chunked
        stamps = pa.concat_arrays(stamps.chunks) if stamps.num_chunks else pa.array([], column.type)
    missing = stamps.is_null()
    micros = stamps.cast(pa.timestamp("us", tz=stamps.type.tz), safe=False).cast(pa.int64()).fill_null(0)
    toward_zero = pc.divide(micros, 1_000_000)
    before_1970 = pc.less(micros, pc.multiply(toward_zero, 1_000_000))
    seconds = pc.if_else(before_1970, pc.subtract(toward_zero, 1), toward_zero)  # the fraction stays positive
    fraction = pc.multiply(pc.subtract(micros, pc.multiply(seconds, 1_000_000)), 1000).cast(pa.int32())
    parts = [seconds, fraction]
    fields = [pa.field("epoch", pa.int64(), nullable=False), pa.field("fraction", pa.int32(), nullable=False)]
    if stamps.type.tz:
        parts.append(_offsets(seconds, stamps.type.tz))
        fields.append(pa.field("timezone", pa.int32(), nullable=False))
    return pa.StructArray.from_arrays(parts, fields=fields, mask=missing)


def _offsets(seconds: Any, zone_name: str) -> Any:
    if zone_name.upper() in {"UTC", "ETC/UTC"}:
        return pa.array([_NO_OFFSET_MIN] * len(seconds), type=pa.int32())
    zone = ZoneInfo(zone_name)
    minutes = [_NO_OFFSET_MIN + _offset_min(dt.datetime.fromtimestamp(s, tz=zone)) for s in seconds.to_pylist()]
    return pa.array(minutes, type=pa.int32())


def _offset_min(moment: dt.datetime) -> int:
    offset = moment.utcoffset()
    return int(offset.total_seconds() // 60) if offset else 0
