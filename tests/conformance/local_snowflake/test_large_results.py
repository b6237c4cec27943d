"""A large answer comes in chunks, whole and in order, by every way of fetching."""

from typing import Any

import pytest

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


def test_a_large_answer_can_be_fetched_as_arrow(cursor: Any) -> None:
    numbers = [number for part in cursor.fetch_arrow_batches() for number in part.column("N").to_pylist()]
    assert len(numbers) == ROWS
    assert numbers[:: ROWS // 4] == [0, ROWS // 4, ROWS // 2, 3 * ROWS // 4]
