"""Stages and COPY INTO."""

import csv
import time
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

ROWS = 200_000


def test_files_are_put_listed_and_removed(ask: Any, tmp_path: Path) -> None:
    ask("CREATE STAGE IF NOT EXISTS files")
    file = tmp_path / "a.csv"
    file.write_text("1,x\n")
    for options, target in (("AUTO_COMPRESS=FALSE", "a.csv"), ("", "a.csv.gz")):
        (put,) = ask(f"PUT file://{file} @files/in OVERWRITE=TRUE {options}")
        assert (put[1], put[6]) == (target, "UPLOADED")
    assert [row[0] for row in ask("LIST @files")] == ["files/in/a.csv", "files/in/a.csv.gz"]
    ask("REMOVE @files/in/a.csv.gz")
    assert [(row[0], row[1]) for row in ask("LIST @files/in")] == [("files/in/a.csv", 4)]
    ask("DROP STAGE files")
    with pytest.raises(ProgrammingError, match="does not exist"):
        ask("LIST @files")


def test_a_large_file_is_copied_in_seconds(ask: Any, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "name", "amount"])
        writer.writerows([n, f"name {n}", n / 4] for n in range(ROWS))
    ask("CREATE STAGE loads")
    ask(f"PUT file://{file} @loads")
    ask("CREATE TABLE t (id INT, name STRING, amount NUMBER(12, 2))")
    before = time.monotonic()
    ask("COPY INTO t FROM @loads FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)")
    assert time.monotonic() - before < 3
    assert ask("SELECT COUNT(*), MAX(id) FROM t") == [(ROWS, ROWS - 1)]
