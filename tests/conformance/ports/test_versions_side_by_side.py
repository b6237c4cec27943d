"""Two versions of the executor on one queue, each with rows of the other, and what a new one says to an old schema.

The earlier version is there as data: its statements, what it reads, what it writes (``earlier_executor/``).
"""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest
import snowflake.connector
from snowflake.connector import DictCursor

from contract.binding import binds, bound
from contract.job import JobRow
from contract.states import JobState
from executor.adapters.snowflake_session import SnowflakeSession
from executor.adapters.snowflake_store import SnowflakeStore
from executor.batches import Batch, Change
from executor.core.transitions import RANK
from executor.deploy import templates
from executor.port_errors import StateMissingError
from tests.conformance.ports.stores import MAX_QUEUE_AGE_S, SnowflakeQueue

EARLIER: Final = Path(__file__).parent / "earlier_executor"
CONTRACT: Final = json.loads((EARLIER / "contract.json").read_text(encoding="utf-8"))
PLACE: Final = {"schema": "REPORTING", "warehouse": "REPORTS_WH"}
ENDED: Final = {"finished_at": "2026-11-22 10:01:00.000", "rows_out": 5, "result_uri": "s3://b/reports/"}
OF_TODAY: Final = {"title": "Of today", "queries": [{"name": "q", "sql": "SELECT 1 AS n"}], "not_known_then": {"a": 1}}


class EarlierExecutor:
    """The statements of the earlier version, with the rights that its role has now."""

    def __init__(self, arguments: dict[str, Any]) -> None:
        self.connection = snowflake.connector.connect(
            **arguments | PLACE, role="REPORT_EXECUTOR", paramstyle="qmark", session_parameters={"TIMEZONE": "UTC"}
        )
        self.fence = 0
        self.ran: set[str] = set()

    def run(self, name: str, **values: object) -> list[dict[str, Any]]:
        """Rows of a statement, each with at least the columns that this version reads of it."""
        text = (EARLIER / "queries" / f"{name}.sql").read_text(encoding="utf-8")
        text = "\n".join(line for line in text.splitlines() if not line.startswith("--"))
        values = {"fence": self.fence, **values}
        with self.connection.cursor(DictCursor) as cursor:
            cursor.execute(*bound(text, {each: values[each] for each in binds(text)}))
            rows = [{key.lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]
            self.changed = cursor.rowcount or 0
        self.ran.add(name)
        for row in rows:
            assert row.keys() >= set(CONTRACT["reads"].get(name, ())), name
        return rows

    def takes_the_fence(self) -> None:
        (leader,) = self.run("leader")
        self.run("take_fence", fence=leader["fence"], holder="earlier")
        assert self.changed == 1
        self.fence = leader["fence"] + 1
        for name in ("restamp", "fold_rows"):
            self.run(name)
        self.run("fold_jobs", duplicate_rank=RANK[JobState.DUPLICATE])

    def claims(self) -> dict[str, dict[str, Any]]:
        """Jobs by id."""
        caps = {"slots": 10, "per_type": 100, "per_requester": 100, "max_queue_age_s": 86_400}
        self.run("claim", claim_id="earlier", claimed_rank=RANK[JobState.CLAIMED], ended_rank=90, **caps)
        return {row["job_id"]: row for row in self.run("claimed", claim_id="earlier")}

    def writes(self, name: str, request_id: str, job_id: str, **changes: object) -> int:
        """How many rows changed by a row like that of the contract."""
        row = CONTRACT["writes"][name] | changes | {"request_id": request_id, "job_id": job_id}
        self.run(name, rows=json.dumps([row]))
        return int(self.changed)


@pytest.fixture
def earlier(snowflake_arguments: dict[str, Any], snowflake_queue: SnowflakeQueue) -> Iterator[EarlierExecutor]:
    snowflake_queue.empty()
    executor = EarlierExecutor(snowflake_arguments)
    yield executor
    executor.connection.close()
    snowflake_queue.sql("DELETE FROM report_types WHERE report_type = 'OF_TODAY'")
    snowflake_queue.empty()


def ask(queue: SnowflakeQueue, call: str) -> dict[str, Any]:
    (row,) = queue.sql(f"CALL {call}")
    (answer,) = row.values()
    told: dict[str, Any] = json.loads(answer)
    return told


def asked_by_both(queue: SnowflakeQueue) -> tuple[str, str]:
    """Job ids: of a request as the earlier procedures wrote it, and as today's do with all that they know."""
    text = (EARLIER / "queries" / "insert_intake.sql").read_text(encoding="utf-8")
    rows = [CONTRACT["writes"]["insert_intake"] | {"request_id": "r-old", "job_id": "asked-then"}]
    queue.sql(*_with_values(text, rows=json.dumps(rows)))
    queue.sql(
        "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
        "SELECT 'OF_TODAY', 1, PARSE_JSON(?), 'of-today', SYSDATE()",
        json.dumps(OF_TODAY),
    )
    options = "{'dedupe_key': 'k', 'capacity': 'spot', 'formats': ['csv'], 'cpu': 512, 'memory': 1024}"
    return "asked-then", ask(queue, f"generate_report('OF_TODAY', {{}}, {options})")["job_id"]


def _with_values(text: str, **values: object) -> tuple[Any, ...]:
    sql, given = bound("\n".join(line for line in text.splitlines() if not line.startswith("--")), values)
    return (sql, *given)


def test_p20_an_earlier_executor_works_on_the_schema_of_today_with_rows_of_both_versions(
    earlier: EarlierExecutor, snowflake_queue: SnowflakeQueue
) -> None:
    queue = snowflake_queue
    then, today = asked_by_both(queue)
    for name in ("installation", "intake_token", "next_due", "breaker"):
        earlier.run(name)
    assert earlier.run("waiting_count") == [{"waiting": 2}]
    earlier.takes_the_fence()
    claimed = earlier.claims()
    assert claimed.keys() == {then, today}
    keys = [{"report_type": row["report_type"], "version": row["report_version"]} for row in claimed.values()]
    assert len(earlier.run("definitions", keys=json.dumps(keys))) == 2

    for job_id, row in claimed.items():
        assert earlier.writes("write_state", row["request_id"], job_id) == 1
        earlier.writes("insert_events", row["request_id"], job_id, event_id=f"e-{job_id}")
    earlier.writes("insert_results", claimed[today]["request_id"], today)
    assert earlier.writes(
        "write_state", claimed[today]["request_id"], today, status="SUCCEEDED", status_rank=90, **ENDED
    )
    assert [row["job_id"] for row in earlier.run("open_jobs")] == [then]
    assert {row["status"] for row in earlier.run("states", job_ids=json.dumps([then, today]))} == {
        "RUNNING",
        "SUCCEEDED",
    }
    assert len(earlier.run("read_state", request_ids=json.dumps([claimed[then]["request_id"]]))) == 1

    told = ask(queue, f"report_status('{today}')")
    assert (told["status"], told["rows_out"], told["exit_code"], told["log_tail"]) == ("SUCCEEDED", 5, 0, "done")
    carries_out_orders(earlier, queue)
    earlier.run("write_breaker", breaker=json.dumps(CONTRACT["writes"]["write_breaker"]))
    (other,) = queue.sql("SELECT CURRENT_SESSION() AS id")
    earlier.run("cancel_statements", session_id=other["id"])
    assert earlier.ran | {"insert_intake"} == {path.stem for path in (EARLIER / "queries").iterdir()}


def carries_out_orders(earlier: EarlierExecutor, queue: SnowflakeQueue) -> None:
    """Pausing and pruning, ordered by today's procedures."""
    ask(queue, "pause_reports('SALES_REPORT')")
    ask(queue, "prune_history(30)")
    orders = {row["kind"]: row for row in earlier.run("commands")}
    assert orders.keys() == {"PAUSE", "PRUNE"}
    earlier.run("note_pauses")
    pruning = {"request_id": orders["PRUNE"]["request_id"], "keep_days": int(orders["PRUNE"]["keep_days"])}
    for name in ("prune_intake", "prune_results", "prune_events", "prune_state", "prune_orders"):
        earlier.run(name, **pruning)
    assert earlier.run("commands") == []
    assert queue.sql("SELECT paused FROM report_pauses") == [{"paused": True}]


async def test_p20_two_versions_take_over_from_each_other_and_the_fence_holds_for_both(
    earlier: EarlierExecutor, snowflake_queue: SnowflakeQueue
) -> None:
    then, today = asked_by_both(snowflake_queue)
    earlier.takes_the_fence()
    claimed = earlier.claims()
    assert earlier.writes("write_state", claimed[then]["request_id"], then) == 1

    store = snowflake_queue.store
    fence = await store.take_fence(earlier.fence, "of today")
    assert fence is not None
    await store.restamp(fence)
    open_jobs = {job.job_id: job for job in await store.open_jobs()}
    assert (open_jobs[then].status, open_jobs[then].task_arn) == (
        JobState.RUNNING,
        CONTRACT["writes"]["write_state"]["task_arn"],
    )
    assert await store.write(fence, Batch(changes=[Change(launched(open_jobs[today]))], results=[], events=[])) == 1
    assert earlier.writes("write_state", claimed[then]["request_id"], then, status="FAILED", status_rank=90) == 0

    earlier.takes_the_fence()
    found = {row["job_id"]: row for row in earlier.run("open_jobs")}
    assert (found[today]["status"], found[today]["launch_token"]) == ("LAUNCHED", "of-today")
    assert earlier.writes("write_state", found[today]["request_id"], today) == 1
    assert await store.write(fence, Batch(changes=[Change(launched(open_jobs[today]))], results=[], events=[])) == 0


def launched(job: JobRow) -> JobRow:
    moved = replace(job, status=JobState.LAUNCHED, status_rank=RANK[JobState.LAUNCHED])
    return replace(moved, attempt=1, launch_try=1, launch_token="of-today")


@pytest.fixture
def earlier_schema(snowflake_arguments: dict[str, Any]) -> Iterator[SnowflakeStore]:
    """The store of today over the schema as the earlier version deployed it."""
    arguments = snowflake_arguments | {"database": "EARLIER_SCHEMA"} | PLACE
    with snowflake.connector.connect(**snowflake_arguments | PLACE) as connection:
        connection.execute_string("CREATE DATABASE EARLIER_SCHEMA; CREATE SCHEMA EARLIER_SCHEMA.REPORTING;")
        for name in CONTRACT["migrations"]:
            connection.execute_string(templates.script(f"migrations/{name}", installation="ports", bucket="b"))
        session = SnowflakeSession(arguments, "executor")
        yield SnowflakeStore(session, session, MAX_QUEUE_AGE_S)
        asyncio.run(session.close())
        connection.execute_string("DROP DATABASE EARLIER_SCHEMA;")


def test_p20_an_executor_of_today_refuses_to_start_on_an_earlier_schema_and_names_the_migrations(
    earlier_schema: SnowflakeStore,
) -> None:
    with pytest.raises(StateMissingError) as refused:
        asyncio.run(earlier_schema.installation())
    for says in (
        "the schema is older than this executor",
        "V0006__dropped_report_types.sql (REPORT_TYPES.DROPPED); V0011__archive.sql (JOB_ARCHIVE)",
        "V0012__bells.sql (INSTALLATION.DOORBELL",
        "run reporting deploy snowflake of this version first",
    ):
        assert says in str(refused.value)
    assert "V0005" not in str(refused.value)


async def test_p20_an_executor_of_today_starts_with_its_roles_rights_on_the_schema_of_today(
    snowflake_queue: SnowflakeQueue,
) -> None:
    assert (await snowflake_queue.store.installation()).installation == "ports"
