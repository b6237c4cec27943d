"""TABLE(INFER_SCHEMA(LOCATION => '@stage', FILE_FORMAT => 'name')): the columns of staged Parquet files."""

import re
from collections.abc import Mapping
from typing import Any, Final

from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stages import directory_of, stage_of

_COLUMNS: Final = {
    "COLUMN_NAME": "VARCHAR",
    "TYPE": "VARCHAR",
    "NULLABLE": "BOOLEAN",
    "EXPRESSION": "VARCHAR",
    "FILENAMES": "VARCHAR",
    "ORDER_ID": "BIGINT",
}
_TYPES: Final = {
    "BOOLEAN": "BOOLEAN",
    "DOUBLE": "REAL",
    "FLOAT": "REAL",
    "DATE": "DATE",
    "TIME": "TIME",
    "BLOB": "BINARY",
    "TIMESTAMP WITH TIME ZONE": "TIMESTAMP_LTZ",
}


def infer_schema(session: Session, arguments: Mapping[str, Any]) -> Result:
    """The columns of all Parquet files at a location, by the first file in which each stands.

    Raises:
        ProgrammingError: 000002 for other arguments, 002003 when the stage or its files are missing.
    """
    if unknown := set(arguments) - {"LOCATION", "FILE_FORMAT"}:
        raise not_supported(f"INFER_SCHEMA with {', '.join(sorted(unknown))}")
    location = re.sub(r'"([A-Z_][A-Z0-9_$]*)"', r"\1", str(arguments["LOCATION"]))
    if stage_of(session, location, "READ").url:
        raise not_supported("INFER_SCHEMA of files in S3")
    directory, prefix, stage = directory_of(session, location)
    files = sorted(p for p in directory.rglob("*") if p.is_file() and str(p.relative_to(directory)).startswith(prefix))
    if not files:
        raise failure(2003, "02000", f"{COMPILATION}Remote file '{arguments['LOCATION']}' was not found.")
    found: dict[str, tuple[str, str]] = {}
    for file in files:
        with session.server.engine.cursor() as engine:
            described = engine.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
        for name, kind, *_ in described:
            found.setdefault(name, (_type(str(kind)), f"{stage.lower()}/{file.relative_to(directory)}"))
    rows = [
        (name, kind, True, f"$1:{name}::{kind}", file, order)
        for order, (name, (kind, file)) in enumerate(found.items())
    ]
    return from_rows(_COLUMNS, rows)


def _type(kind: str) -> str:
    if exact := re.fullmatch(r"DECIMAL\((\d+),\s*(\d+)\)", kind):
        return f"NUMBER({exact[1]}, {exact[2]})"
    if re.fullmatch(r"U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?", kind):
        return "NUMBER(38, 0)"
    if kind.startswith("TIMESTAMP") and kind not in _TYPES:
        return "TIMESTAMP_NTZ"
    return _TYPES.get(kind, "VARIANT" if kind.endswith("]") or kind.startswith(("STRUCT", "MAP")) else "TEXT")
