"""What a schema lacks, from the columns that the database shows."""

from executor.adapters.snowflake_schema import EXECUTORS_TABLES, _added, lacking

WHOLE = {(table, column or "REQUEST_ID") for _, table, column in _added()}


def without(table: str, column: str | None = None) -> set[tuple[str, str]]:
    return {(t, c) for t, c in WHOLE if t != table or (column is not None and c != column)}


def test_a_whole_schema_lacks_nothing_and_every_table_of_the_executor_is_looked_at() -> None:
    assert lacking(WHOLE) == {}
    assert {table for table, _ in WHOLE} == EXECUTORS_TABLES


def test_a_column_and_a_table_that_are_not_there_are_told_by_their_migrations() -> None:
    assert lacking(without("JOB_RESULTS", "PULL_S")) == {"V0005__evidence.sql": ["JOB_RESULTS.PULL_S"]}
    assert lacking(without("JOB_ARCHIVE")) == {"V0011__archive.sql": ["JOB_ARCHIVE"]}


def test_a_table_that_was_dropped_and_a_database_that_shows_nothing_are_no_older_schema() -> None:
    assert lacking(without("JOB_STATE")) == {}
    assert lacking([]) == {}
    assert lacking(without("INSTALLATION") - {("JOB_ARCHIVE", "REQUEST_ID")}) == {}
