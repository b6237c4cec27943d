"""Queries that say ``:_moment`` see one moment, which is in the manifest."""

import json
from datetime import datetime
from typing import Any

from contract.outcome import ExitCode
from tests.local_stack import DATABASE, LocalStack

AS_OF = "SELECT COUNT(*) AS n, :_moment AS seen_at FROM moments AT(TIMESTAMP => :_moment)"
TWO: dict[str, Any] = {
    "title": "Two queries",
    "queries": [{"name": name, "sql": AS_OF} for name in ("first", "second")],
    "formats": ["json"],
}


def table(stack: LocalStack) -> None:
    with stack.connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {DATABASE}.PUBLIC.MOMENTS AS SELECT 1 AS id")


def seen(attempt: Any) -> list[datetime]:
    [first], [second] = (json.loads(attempt.read(f"{name}.json")) for name in ("first", "second"))
    assert first["n"] == second["n"] == 1
    return [datetime.fromisoformat(row["seen_at"]) for row in (first, second)]


def test_all_queries_see_the_moment_that_the_manifest_tells(stack: LocalStack) -> None:
    table(stack)
    attempt = stack.attempt(TWO)
    report = attempt.run()
    assert report.process.returncode == 0, report.lines[-2:]
    manifest = attempt.manifest()
    assert manifest.moment is not None
    assert seen(attempt) == [manifest.moment, manifest.moment]
    assert abs((manifest.moment - manifest.started_at).total_seconds()) < 60


def test_switched_off_each_query_sees_its_own_moment_and_the_manifest_none(stack: LocalStack) -> None:
    with stack.connection.cursor() as cursor:
        # What cannot be read as of a moment shows that the clause is gone.
        cursor.execute(
            f"CREATE VIEW {DATABASE}.PUBLIC.METADATA AS SELECT 1 AS id FROM information_schema.tables LIMIT 1"
        )
    queries = [{**query, "sql": AS_OF.replace("FROM moments", "FROM metadata")} for query in TWO["queries"]]
    assert stack.attempt({**TWO, "queries": queries}).run().process.returncode == ExitCode.QUERY_FAILED
    attempt = stack.attempt({**TWO, "queries": queries, "one_moment": False})
    assert attempt.run().process.returncode == 0
    first, second = seen(attempt)
    assert first < second
    assert attempt.manifest().moment is None
