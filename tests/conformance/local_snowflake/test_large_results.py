"""A large answer comes in chunks, whole and in order, by every way of fetching."""

import json
import urllib.request
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

ROWS = 400_000
SQL = f"""SELECT SEQ4() AS n, 'row number ' || SEQ4() AS label, SEQ4() / 4 AS part
FROM TABLE(GENERATOR(ROWCOUNT => {ROWS})) ORDER BY n"""


@pytest.fixture
def cursor(opened: Any) -> Any:
    found = opened().cursor()
    found.execute(SQL)
    return found


def test_a_large_answer_is_whole_and_in_order(cursor: Any) -> None:
    seen = 0
    for n, label, _ in cursor:
        assert (n, label) == (seen, f"row number {seen}")
        seen += 1
    assert seen == ROWS


def test_chunks_are_many_small_and_carry_all_the_rows(cursor: Any) -> None:
    batches = cursor.get_result_batches()
    assert len(batches) > 2
    assert sum(batch.rowcount for batch in batches) == ROWS
    assert all(batch.uncompressed_size <= 16 * 1024 * 1024 for batch in batches[1:])


def test_chunks_outlive_other_statements_and_can_be_fetched_twice(cursor: Any, ask: Any) -> None:
    batches = cursor.get_result_batches()
    for i in range(300):  # more than the answers that are kept to be asked for again
        ask(f"SELECT {i}")
    last = [sum(1 for _ in batches[-1]) for _ in range(2)]
    assert last == [batches[-1].rowcount] * 2


def test_a_statement_whose_answers_were_small_has_a_large_one_whole_and_in_chunks(opened: Any) -> None:
    cursor = opened(paramstyle="qmark").cursor()
    for rows in (3, 5, 200_000, 4):
        cursor.execute(f"SELECT * FROM ({SQL}) WHERE n < ? ORDER BY n", (rows,))
        assert (len(cursor.get_result_batches()) > 2) is (rows == 200_000)
        assert [row[0] for row in cursor] == list(range(rows))


def test_a_large_answer_can_be_fetched_as_arrow(cursor: Any) -> None:
    numbers = [number for part in cursor.fetch_arrow_batches() for number in part.column("N").to_pylist()]
    assert len(numbers) == ROWS
    assert numbers[:: ROWS // 4] == [0, ROWS // 4, ROWS // 2, 3 * ROWS // 4]


def peak_mib(endpoint: dict[str, Any]) -> float:
    with urllib.request.urlopen(f"{endpoint['endpoint']}/local-cloud/health", timeout=30) as answer:
        return float(json.load(answer)["peak_memory_mib"])


def test_the_server_holds_a_part_of_what_a_client_streams(opened: Any, endpoint: dict[str, Any]) -> None:
    wide = "SELECT SEQ4() AS n, REPEAT('x', 300) || SEQ4() AS label FROM TABLE(GENERATOR(ROWCOUNT => {}))"
    cursor = opened().cursor()
    sum(part.nbytes for part in cursor.execute(wide.format(50_000)).fetch_arrow_batches())  # the first one loads code
    before = peak_mib(endpoint)
    sent = sum(part.nbytes for part in cursor.execute(wide.format(500_000)).fetch_arrow_batches()) / 2**20
    assert sent > 140
    assert peak_mib(endpoint) - before < sent / 2


def test_a_row_that_fails_late_is_told_with_snowflakes_number(opened: Any) -> None:
    late = "SELECT IFF(SEQ4() = 300000, 'x', '1')::INT FROM TABLE(GENERATOR(ROWCOUNT => 400000))"
    cursor = opened().cursor()
    with pytest.raises(ProgrammingError, match="Numeric value 'x' is not recognized") as refused:
        cursor.execute(late)
    assert refused.value.errno == 100038
    assert cursor.execute("SELECT 1").fetchall() == [(1,)]


def test_a_large_answer_can_be_asked_for_again_in_parts(cursor: Any, ask: Any) -> None:
    scanned = f"SELECT COUNT(*), MAX(n) FROM TABLE(RESULT_SCAN('{cursor.sfqid}'))"
    assert ask(scanned) == [(ROWS, ROWS - 1)]
