"""Stages of the local Snowflake that lie in the local S3."""

import gzip
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.local_stack import BUCKET, DATABASE, LocalStack

Rows = list[tuple[Any, ...]]
Ask = Callable[[str], Rows]
PREFIX = "staged"


@pytest.fixture
def ask(stack: LocalStack) -> Iterator[Ask]:
    cursor = stack.connection.cursor()

    def rows(sql: str) -> Rows:
        return cursor.execute(sql).fetchall()  # type: ignore[union-attr]  # a cursor, not None

    rows(f"CREATE SCHEMA {DATABASE}.in_s3")
    rows(
        "CREATE OR REPLACE STORAGE INTEGRATION reach TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3' ENABLED = TRUE "
        f"STORAGE_AWS_ROLE_ARN = 'arn:aws:iam::1:role/r' STORAGE_ALLOWED_LOCATIONS = ('s3://{BUCKET}/{PREFIX}/')"
    )
    rows(f"CREATE STAGE files URL = 's3://{BUCKET}/{PREFIX}' STORAGE_INTEGRATION = reach")
    rows("CREATE TABLE t AS SELECT 1 AS id, 'a,b' AS s UNION ALL SELECT 2, NULL")
    yield rows
    rows("REMOVE @files")
    rows(f"USE SCHEMA {DATABASE}.PUBLIC")
    rows(f"DROP SCHEMA {DATABASE}.in_s3 CASCADE")


def test_rows_go_to_s3_and_come_back(ask: Ask, stack: LocalStack) -> None:
    ask("COPY INTO @files/out/ FROM (SELECT * FROM t ORDER BY id)")
    key = f"{PREFIX}/out/data_0_0_0.csv.gz"
    assert gzip.decompress(stack.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()) == b"1,a\\,b\n2,\\N\n"
    assert [row[0] for row in ask("LIST @files")] == [f"s3://{BUCKET}/{key}"]
    stack.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/in/new.csv", Body=b"id;s\n3;c\n")
    ask("COPY INTO t FROM @files/in FILE_FORMAT = (TYPE = CSV SKIP_HEADER = 1 FIELD_DELIMITER = ';')")
    assert ask("SELECT COUNT(*) FROM t WHERE id = 3") == [(1,)]
    ask("REMOVE @files/in")
    assert [row[0] for row in ask("LIST @files")] == [f"s3://{BUCKET}/{key}"]


def test_lines_in_s3_are_read_in_place_and_as_they_are_now(ask: Ask, stack: LocalStack) -> None:
    question = "SELECT $1 AS stage, $2 AS row_count FROM '@files/j/1/progress.txt' LIMIT 1"
    assert ask(question) == []
    for line, fields in ((b"writing,7\n", ("writing", "7")), (b"publishing,0\n", ("publishing", "0"))):
        stack.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/j/1/progress.txt", Body=line)
        assert ask(question) == [fields]


def test_a_presigned_link_to_s3_works_and_expires(ask: Ask, stack: LocalStack) -> None:
    stack.s3.put_object(Bucket=BUCKET, Key=f"{PREFIX}/a.txt", Body=b"content")
    ((link,),) = ask("SELECT GET_PRESIGNED_URL(@files, 'a.txt', 60)")
    with urllib.request.urlopen(link) as answer:
        assert answer.read() == b"content"
    ((short,),) = ask("SELECT GET_PRESIGNED_URL(@files, 'a.txt', 1)")
    assert refusal_of(short) == 403


def refusal_of(link: str) -> int:
    """Ask until the link is refused."""
    deadline_s = time.monotonic() + 60
    while time.monotonic() < deadline_s:
        try:
            urllib.request.urlopen(link).close()
        except urllib.error.HTTPError as error:
            return error.code
        time.sleep(0.1)
    raise AssertionError("the link goes on working")


def test_what_the_integration_does_not_allow_is_refused(ask: Ask) -> None:
    described = {row[0]: row[2] for row in ask("DESCRIBE INTEGRATION reach")}
    assert described["STORAGE_AWS_IAM_USER_ARN"].startswith("arn:aws:iam::")
    assert described["STORAGE_AWS_EXTERNAL_ID"].startswith("LOCAL_SFCRole=")
    with pytest.raises(ProgrammingError, match="not allowed by integration REACH"):
        ask("CREATE STAGE others URL = 's3://elsewhere/x' STORAGE_INTEGRATION = reach")
    with pytest.raises(ProgrammingError, match="PUT works for internal stages"):
        ask(f"PUT file://{__file__} @files")
