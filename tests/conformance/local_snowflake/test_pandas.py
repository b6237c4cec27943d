"""The official clients where they have pandas, which ours have not, as the container has none."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

PANDAS = """
import json, sys
import snowflake.connector
cursor = snowflake.connector.connect(**json.loads(sys.argv[1])).cursor()
cursor.execute("SELECT column1 AS a, column2::TIMESTAMP_NTZ AS t FROM VALUES (1, '2026-01-01 10:00'), (2, NULL)")
frame = cursor.fetch_pandas_all()
cursor.execute("SELECT 1 AS a, 'x' AS b WHERE FALSE")
empty = cursor.fetch_pandas_all()
answer = [frame["A"].tolist(), frame["T"].isna().tolist(), list(empty.columns), len(empty)]

import pandas
from snowflake.connector.pandas_tools import write_pandas
from snowflake.snowpark import Session
connection = cursor.connection
connection.cursor().execute("CREATE SCHEMA IF NOT EXISTS frames")
frame = pandas.DataFrame({"A": [1, 2], "B": ["x", None]})
write_pandas(connection, frame, "MADE", auto_create_table=True)
write_pandas(connection, frame, "MADE")
answer.append(cursor.execute("SELECT a, b FROM frames.made ORDER BY a, b").fetchall())
snowpark = Session.builder.configs({"connection": connection}).create()
answer.append([list(row) for row in snowpark.create_dataframe(frame).sort("A").collect()])
answer.append(sum(len(batch) for batch in snowpark.table("made").to_pandas_batches()))
print(json.dumps(answer))
"""


@pytest.mark.usefixtures("administrator")
def test_rows_come_and_go_as_pandas_also_when_there_are_none(endpoint: dict[str, Any]) -> None:
    python = Path(__file__).parents[2] / "clients" / ".venv" / "bin" / "python"
    place = {name: endpoint[name] for name in ("host", "port")}
    sign_in = {
        "account": "local",
        "user": "tester",
        "password": "any",
        "protocol": "http",
        "database": "CONFORMANCE",
        "warehouse": "TEST_WH",
        **place,
    }
    said = subprocess.run(
        [str(python), "-c", PANDAS, json.dumps(sign_in)], capture_output=True, text=True, check=False, timeout=60
    )
    assert said.stderr == "", said.stderr[-1500:]
    both = [[1, "x"], [2, None]]
    assert json.loads(said.stdout) == [[1, 2], [False, True], ["A", "B"], 0, sorted(both * 2, key=str), both, 4]
