"""The script that most teams write: connector, pandas, one call per format, boto3.

``python script.py FORMAT SQL BUCKET KEY``; ``fetch`` for a format only reads. Its last line says what it took, as JSON.
"""

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import boto3
import snowflake.connector


def main(kind: str, sql: str, bucket: str, key: str) -> None:
    """Read, write to a temporary file, upload."""
    with snowflake.connector.connect(
        account=os.environ["SNOWFLAKE_ACCOUNT"],
        user=os.environ["SNOWFLAKE_USER"],
        password=os.environ["SNOWFLAKE_PASSWORD"],
        host=os.environ["SNOWFLAKE_HOST"],
        port=int(os.environ["SNOWFLAKE_PORT"]),
        protocol=os.environ["SNOWFLAKE_PROTOCOL"],
        warehouse=os.environ["SNOWFLAKE_WAREHOUSE"],
        database=os.environ["SNOWFLAKE_DATABASE"],
        schema=os.environ["SNOWFLAKE_SCHEMA"],
        platform_detection_timeout_seconds=0.0,
    ) as connection:
        cursor: Any = connection.cursor()
        frame = cursor.execute(sql).fetch_pandas_all()
    if kind != "fetch":
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"report.{kind}"
            write(frame, kind, path)
            boto3.client("s3").upload_file(str(path), bucket, key)
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak = re.search(r"VmHWM:\s+(\d+) kB", status)
    held_mb = int(peak[1]) / 1024 if peak else 0.0
    print(json.dumps({"rows": len(frame), "cpu_s": time.process_time(), "peak_mb": held_mb}))


def write(frame: Any, kind: str, path: Path) -> None:
    """One call of pandas."""
    if kind == "csv":
        frame.to_csv(path, index=False)
    elif kind == "ndjson":
        frame.to_json(path, orient="records", lines=True, date_format="iso")
    elif kind == "parquet":
        frame.to_parquet(path, index=False)
    elif kind == "xlsx":
        for name in frame.select_dtypes("datetimetz"):
            frame[name] = frame[name].dt.tz_localize(None)  # Excel knows no zones, and pandas refuses them
        frame.to_excel(path, index=False)
    else:
        raise SystemExit(f"no such format: {kind}")


if __name__ == "__main__":
    main(*sys.argv[1:])
