"""Stages and COPY INTO."""

import csv
import urllib.error
import urllib.request
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


def test_a_file_is_loaded_again_when_it_has_changed_or_by_force(table: Any, tmp_path: Path) -> None:
    table("CREATE STAGE files")
    file = tmp_path / "a.csv"

    def load(text: str, more: str = "") -> int:
        file.write_text(text)
        table(f"PUT file://{file} @files OVERWRITE=TRUE AUTO_COMPRESS=FALSE")
        table(f"COPY INTO t FROM @files {more}")
        ((count,),) = table("SELECT COUNT(*) FROM t")
        return int(count)

    assert [load("3,x\n"), load("3,x\n"), load("4,y\n"), load("4,y\n"), load("4,y\n", "FORCE = TRUE")] == [
        3,
        3,
        4,
        4,
        5,
    ]


def test_a_rolled_back_transaction_leaves_files_as_they_are(table: Any, tmp_path: Path) -> None:
    table("CREATE STAGE files")
    (tmp_path / "kept.csv").write_text("1,x\n")
    table("BEGIN")
    table("INSERT INTO t VALUES (3, 'c')")
    table(f"PUT file://{tmp_path}/kept.csv @files AUTO_COMPRESS=FALSE")
    table("COPY INTO @files/out FROM t FILE_FORMAT = (TYPE = CSV)")
    table("ROLLBACK")
    assert table("SELECT COUNT(*) FROM t") == [(2,)]
    assert [row[0] for row in table("LIST @files")] == ["files/kept.csv", "files/out_0_0_0.csv.gz"]


def test_a_large_file_is_copied_whole(ask: Any, tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("w", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["id", "name", "amount"])
        writer.writerows([n, f"name {n}", n / 4] for n in range(ROWS))
    ask("CREATE STAGE loads")
    ask(f"PUT file://{file} @loads")
    ask("CREATE TABLE t (id INT, name STRING, amount NUMBER(12, 2))")
    ask("COPY INTO t FROM @loads FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1)")
    assert ask("SELECT COUNT(*), MAX(id) FROM t") == [(ROWS, ROWS - 1)]


@pytest.fixture
def files(table: Any) -> Any:
    table("CREATE STAGE files")
    table("INSERT INTO t VALUES (3, 'a,\"b\"\\\\c'), (4, NULL)")
    return table


@pytest.mark.parametrize(
    ("file_format", "name"),
    [
        ("TYPE = CSV FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "data_0_0_0.csv.gz"),
        ("TYPE = CSV COMPRESSION = NONE FIELD_DELIMITER = '|' FIELD_OPTIONALLY_ENCLOSED_BY = '\"'", "data_0_0_0.csv"),
        ("TYPE = PARQUET", "data_0_0_0.snappy.parquet"),
    ],
)
def test_what_is_copied_to_a_stage_comes_back_the_same(files: Any, file_format: str, name: str) -> None:
    answer = files(f"COPY INTO @files/out/ FROM t FILE_FORMAT = ({file_format}) HEADER = TRUE")
    assert answer[0][0] == 4
    assert [row[0] for row in files("LIST @files")] == [f"files/out/{name}"]
    files("CREATE TABLE back LIKE t")
    csv_only = " SKIP_HEADER = 1" if "CSV" in file_format else ""
    by_name = "" if csv_only else "MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE"
    files(f"COPY INTO back FROM @files/out FILE_FORMAT = ({file_format}{csv_only}) {by_name}")
    assert files("SELECT * FROM back ORDER BY id") == files("SELECT * FROM t ORDER BY id")


def test_a_variant_is_unloaded_as_json_and_loaded_again(files: Any) -> None:
    files("COPY INTO @files/objects FROM (SELECT OBJECT_CONSTRUCT('id', id) FROM t) FILE_FORMAT = (TYPE = JSON)")
    assert [row[0] for row in files("LIST @files")] == ["files/objects_0_0_0.json.gz"]
    files("CREATE TABLE back (v VARIANT)")
    files("COPY INTO back FROM @files FILE_FORMAT = (TYPE = JSON)")
    assert files("SELECT v:id::INT FROM back ORDER BY 1") == [(1,), (2,), (3,), (4,)]


def test_a_file_that_is_there_is_replaced_only_on_demand(files: Any) -> None:
    copied = "COPY INTO @files/one.csv FROM (SELECT 1) FILE_FORMAT = (COMPRESSION = NONE) SINGLE = TRUE"
    files(copied)
    with pytest.raises(ProgrammingError, match="already existing"):
        files(copied)
    files(f"{copied} OVERWRITE = TRUE")
    assert [row[:2] for row in files("LIST @files")] == [("files/one.csv", 2)]


def test_a_stages_own_format_is_used(files: Any, tmp_path: Path) -> None:
    files("CREATE STAGE semicolons FILE_FORMAT = (TYPE = CSV FIELD_DELIMITER = ';' SKIP_HEADER = 1)")
    file = tmp_path / "in.csv"
    file.write_text("id;s\n7;seven\n")
    files(f"PUT file://{file} @semicolons")
    files("COPY INTO t FROM @semicolons")
    assert files("SELECT s FROM t WHERE id = 7") == [("seven",)]


def test_files_are_got_and_links_to_them_work_until_they_expire(files: Any, tmp_path: Path) -> None:
    (tmp_path / "up.txt").write_text("content")
    (tmp_path / "down").mkdir()
    files(f"PUT file://{tmp_path}/up.txt @files/in AUTO_COMPRESS = FALSE")
    got = files(f"GET @files/in file://{tmp_path}/down")
    assert [row[:3] for row in got] == [("up.txt", 7, "DOWNLOADED")]
    assert (tmp_path / "down" / "up.txt").read_text() == "content"
    ((link,),) = files("SELECT GET_PRESIGNED_URL(@files, 'in/up.txt', 60)")
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"content"
    ((before, bound, after),) = files("SELECT ?, GET_PRESIGNED_URL(@files, ?, ?), ?", ("a", "in/up.txt", 60, "b"))
    assert (before, bound.partition("?")[0], after) == ("a", link.partition("?")[0], "b")
    ((over,),) = files("SELECT GET_PRESIGNED_URL(@files, 'in/up.txt', 0)")
    for refused in (over, link.replace("up.txt", "other.txt"), link.partition("?")[0]):
        with pytest.raises(urllib.error.HTTPError, match="403"):
            urllib.request.urlopen(refused)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE STAGE d DIRECTORY = (ENABLE = TRUE)",
        "CREATE STAGE d URL = 'gcs://bucket/'",
        "CREATE STAGE d COPY_OPTIONS = (PURGE = TRUE)",
        "COPY INTO 's3://bucket/' FROM t",
        "COPY INTO t FROM 's3://bucket/'",
        "COPY INTO @files FROM t PARTITION BY (id)",
        "COPY INTO @files FROM t MAX_ROWS = 1",
        "COPY INTO @files FROM t FILE_FORMAT = (TYPE = ORC)",
        "COPY INTO @files FROM t FILE_FORMAT = (TYPE = CSV COMPRESSION = ZSTD)",
        "SELECT GET_PRESIGNED_URL(@files, s) FROM t",
    ],
)
def test_what_stages_cannot_do_here_is_refused(files: Any, statement: str) -> None:
    with pytest.raises(ProgrammingError, match=r"not supported by the local cloud|syntax error"):
        files(statement)


def test_loading_in_a_transaction_is_undone_with_it_and_a_bad_file_loads_nothing(files: Any, tmp_path: Path) -> None:
    for name, text in (("a.csv", "8,x\n"), ("b.csv", "nine,y\n")):
        (tmp_path / name).write_text(text)
        files(f"PUT file://{tmp_path}/{name} @files")
    with pytest.raises(ProgrammingError):
        files("COPY INTO t FROM @files")
    assert files("SELECT COUNT(*) FROM t") == [(4,)]
    files("BEGIN")
    files("COPY INTO t FROM @files/a.csv")
    assert files("SELECT COUNT(*) FROM t") == [(5,)]
    files("ROLLBACK")
    assert files("SELECT COUNT(*) FROM t") == [(4,)]
    assert files("COPY INTO t FROM @files/a.csv")[0][1] == "LOADED"


def test_the_fields_of_staged_lines_are_read_in_place(ask: Any, tmp_path: Path) -> None:
    ask("CREATE STAGE files")
    for name, text in (("a.txt", "writing,1200\nnext,,x\n"), ("b.txt", "alone\n")):
        (tmp_path / name).write_text(text)
        ask(f"PUT file://{tmp_path / name} @files/in AUTO_COMPRESS=FALSE")
    assert ask("SELECT $1, $2 FROM '@files/in/a.txt'") == [("writing", "1200"), ("next", None)]
    assert ask("select $2 as n, $1 AS stage from '@files/in/' limit 1") == [("1200", "writing")]
    assert ask("SELECT $1 FROM '@files/in'") == [("writing",), ("next",), ("alone",)]
    assert ask("SELECT $9 FROM '@files/in/b.txt'") == [(None,)]
    ((read, now),) = ask("SELECT $1, SYSDATE() AS now FROM '@files/in/b.txt'")
    assert (read, abs(now - ask("SELECT SYSDATE()")[0][0]).total_seconds() < 60) == ("alone", True)


def test_a_place_in_a_stage_that_has_no_files_has_no_rows_and_no_stage_is_an_error(ask: Any) -> None:
    ask("CREATE STAGE files")
    assert ask("SELECT $1, $2 FROM '@files/nothing.txt' LIMIT 1") == []
    with pytest.raises(ProgrammingError) as told:
        ask("SELECT $1 FROM '@nowhere/nothing.txt'")
    assert told.value.errno == 2003


@pytest.mark.parametrize("content", [b'"a",1\n', b"a\\,1\n", b"\xff\xfe\n"])
def test_staged_lines_whose_rules_are_not_known_here_are_refused(ask: Any, tmp_path: Path, content: bytes) -> None:
    ask("CREATE STAGE files")
    (tmp_path / "a.txt").write_bytes(content)
    ask(f"PUT file://{tmp_path}/a.txt @files AUTO_COMPRESS=FALSE")
    with pytest.raises(ProgrammingError, match="not supported by the local cloud: SELECT from staged files") as refused:
        ask("SELECT $1 FROM '@files/a.txt'")
    assert "Error:" not in str(refused.value)
