"""What survives the server's death, and how it ends."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.local_snowflake.conftest import connect

pytestmark = pytest.mark.thorough

PROCEDURE = (
    "CREATE PROCEDURE kept() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION='3.11' "
    "PACKAGES=('snowflake-snowpark-python') HANDLER='run' AS $$\ndef run(session):\n    return 'still here'\n$$"
)


MADE = (
    "CREATE WAREHOUSE w",
    "CREATE DATABASE first",
    "CREATE DATABASE second",
    "CREATE TABLE t (v VARIANT, at TIMESTAMP_NTZ) COMMENT = 'a comment'",
    "INSERT INTO t SELECT PARSE_JSON('[1]'), NULL",
    "CREATE VIEW seen AS SELECT * FROM t",
    PROCEDURE,
    "CREATE TASK nightly WAREHOUSE = w SCHEDULE = '5 MINUTES' AS CALL kept()",
    "CREATE STAGE files",
    f"PUT file://{Path(__file__)} @files AUTO_COMPRESS=FALSE",
    "BEGIN",
    "INSERT INTO t SELECT PARSE_JSON('[2]'), NULL",  # never committed
)


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-m", "local_cloud.snowflake", "--port", "0", "--data-dir", str(folder), *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        yield process, json.loads(line) if line else {}
    finally:
        process.kill()
        process.communicate()


def test_everything_survives_a_kill_and_one_server_owns_a_directory(tmp_path: Path) -> None:
    with started(tmp_path) as (process, endpoint):
        assert {"ready": True, "service": "snowflake", "host": "127.0.0.1"}.items() <= endpoint.items()
        with urllib.request.urlopen(f"{endpoint['endpoint']}/local-cloud/health") as health:
            assert json.load(health)["healthy"] is True
        cursor = connect(endpoint).cursor()
        for sql in MADE:
            cursor.execute(sql)
        cursor.execute("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')")
        before = cursor.fetchall()
        with started(tmp_path) as (second, _):
            assert second.wait(60) == 2
            assert second.stderr is not None
            assert f"in use by the local Snowflake with process id {process.pid}" in second.stderr.read()
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
    with started(tmp_path) as (process, endpoint), connect(endpoint, database="second", warehouse="w") as again:
        cursor = again.cursor()

        def rows(sql: str) -> Any:
            cursor.execute(sql)
            return cursor.fetchall()

        assert rows("SELECT * FROM seen") == [("[1]", None)]
        assert rows("SELECT comment FROM information_schema.tables WHERE table_name = 'T'") == [("a comment",)]
        assert rows("SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('t')") == before
        assert rows("CALL kept()") == [("still here",)]
        assert [row[1] for row in rows("SHOW TASKS")] == ["NIGHTLY"]
        assert [row[0] for row in rows("LIST @files")] == [f"files/{Path(__file__).name}"]
        assert [row[0] for row in rows("SHOW WAREHOUSES")] == ["W"]
        assert rows("SELECT statements FROM TABLE(LOCAL_CLOUD_WAREHOUSES())") == [(2,)]  # the view and the CALL
        assert {row[1] for row in rows("SHOW DATABASES")} >= {"FIRST", "SECOND"}
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0


PARENT = """
import subprocess, sys
command = [sys.executable, "-m", "local_cloud.snowflake", "--data-dir", sys.argv[1], "--die-with-parent"]
child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
"""


def test_the_server_ends_with_the_process_that_started_it(tmp_path: Path) -> None:
    parent = subprocess.run(
        [sys.executable, "-c", PARENT, str(tmp_path)], capture_output=True, text=True, check=True, timeout=90
    )
    child, deadline = int(parent.stdout), time.monotonic() + 60
    while is_running(child):
        assert time.monotonic() < deadline, "the server outlived its parent"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
