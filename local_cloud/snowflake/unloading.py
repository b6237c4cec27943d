"""Rows as the files that COPY INTO a stage writes: CSV, JSON and Parquet."""

import datetime as dt
import gzip
import importlib
import json
from typing import Any, Final

from local_cloud.snowflake.arrow import pa
from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import as_table
from local_cloud.snowflake.stage_options import only
from local_cloud.snowflake.wire import wire_type

_FORMATS: Final = {
    "CSV": ("TYPE", "COMPRESSION", "FIELD_DELIMITER", "FIELD_OPTIONALLY_ENCLOSED_BY", "NULL_IF", "EMPTY_FIELD_AS_NULL"),
    "JSON": ("TYPE", "COMPRESSION"),
    "PARQUET": ("TYPE", "COMPRESSION"),
}
_NULL: Final = "\\N"


def _kind(options: dict[str, str]) -> str:
    kind = options.get("TYPE", "CSV").upper()
    if kind not in _FORMATS:
        raise not_supported(f"unloading as {kind}; CSV, JSON and PARQUET are")
    only(options, f"unloading as {kind}", *_FORMATS[kind])
    return kind


def _compression(options: dict[str, str]) -> str:
    asked = options.get("COMPRESSION", "AUTO").upper()
    usual = "SNAPPY" if _kind(options) == "PARQUET" else "GZIP"
    found = usual if asked == "AUTO" else asked
    if found not in {usual, "NONE"}:
        raise not_supported(f"unloading with COMPRESSION = {asked}; {usual} and NONE are")
    return found


def extension(options: dict[str, str]) -> str:
    """How the name of a file of this format ends.

    Raises:
        ProgrammingError: 000002 for a format or an option that is not known here.
    """
    kind, compression = _kind(options), _compression(options)
    if kind == "PARQUET":
        return ".snappy.parquet" if compression == "SNAPPY" else ".parquet"
    return f".{kind.lower()}{'.gz' if compression == 'GZIP' else ''}"


def written(result: Result, options: dict[str, str], *, header: bool) -> tuple[int, bytes]:
    """(size in bytes before compression, the file)."""
    kind, compression = _kind(options), _compression(options)
    if kind == "PARQUET":
        body = _parquet(result, compression, header=header)
        return len(body), body
    plain = _csv(result, options, header=header) if kind == "CSV" else _json(result)
    return len(plain), gzip.compress(plain) if compression == "GZIP" else plain


def _csv(result: Result, options: dict[str, str], *, header: bool) -> bytes:
    quote = options.get("FIELD_OPTIONALLY_ENCLOSED_BY", "NONE")
    delimiter = options.get("FIELD_DELIMITER", ",")
    if len(delimiter) != 1 or (quote.upper() != "NONE" and len(quote) != 1) or "NULL_IF" in options:
        raise not_supported("unloading as CSV with delimiters or quotes of several characters, or with NULL_IF")
    enclosed = "" if quote.upper() == "NONE" else quote
    lines = [delimiter.join(result.table.column_names)] if header else []
    lines += [delimiter.join(_field(value, delimiter, enclosed) for value in row) for row in result.rows()]
    return "".join(f"{line}\n" for line in lines).encode()


def _field(value: Any, delimiter: str, quote: str) -> str:
    text = _cell(value)
    if not isinstance(value, str):
        return text
    if quote:
        return quote + text.replace(quote, quote * 2) + quote
    for sign in ("\\", delimiter, "\n"):
        text = text.replace(sign, "\\" + sign)
    return text


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dt.datetime):
        zone = "" if value.tzinfo is None else value.strftime(" %z")
        return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 1000:03d}{zone}"
    return _NULL if value is None else str(value)


def _json(result: Result) -> bytes:
    if [wire_type(kind) for kind in result.types] != ["variant"]:
        text = "JSON file format supports unloading a single column of type variant, object or array only."
        raise failure(2019, "0A000", f"{COMPILATION}{text}")
    values = (row[0] for row in result.rows())
    lines = (value if isinstance(value, str) else json.dumps(value) for value in values)
    return "".join(f"{line}\n" for line in lines).encode()


def _parquet(result: Result, compression: str, *, header: bool) -> bytes:
    parquet = importlib.import_module("pyarrow.parquet")
    table = as_table(result.table)
    if not header:
        table = table.rename_columns([f"_COL_{i}" for i in range(table.num_columns)])
    sink = pa.BufferOutputStream()
    parquet.write_table(table, sink, compression=compression.lower())
    body: bytes = sink.getvalue().to_pybytes()
    return body
