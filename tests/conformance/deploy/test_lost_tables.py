"""Tables that were dropped are made again by the next deployment, but a state that was lost gets no leader row."""

from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from executor.deploy import migrations
from tests.conformance.deploy.conftest import Account

SCRIPTS = sorted((Path(__file__).parents[3] / "sql" / "migrations").glob("V000[134]*.sql"))
"""Those that make and change the tables of states."""
LEADER = "SELECT COUNT(*) FROM job_state WHERE request_id = '__leader__'"
ASKED = """INSERT INTO job_intake (request_id, kind, job_id, payload_version, enqueued_at)
    SELECT 'r-1', 'RUN', 'job-1', 1, SYSDATE()"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sql")
    (root / "migrations").mkdir()
    for script in SCRIPTS:
        (root / "migrations" / script.name).write_text(script.read_text(encoding="utf-8"), encoding="utf-8")
    return root


class Queue:
    """A schema of its own, with the migrations alone."""

    def __init__(self, account: Account, folder: Path, schema: str) -> None:
        self.folder, self.schema, self.lost = folder, schema, list[tuple[str, ...]]()
        with account.connect() as connection:
            connection.cursor().execute(f"CREATE SCHEMA {schema}")
        place = {"database": "ANALYTICS_PLATFORM", "schema": schema, "warehouse": "REPORTS_WH"}
        self.arguments = account.arguments | place
        self.connection = snowflake.connector.connect(**self.arguments)

    def deploy(self) -> tuple[str, ...]:
        history = f"ANALYTICS_PLATFORM.{self.schema}.CHANGE_HISTORY"
        variables = {"installation": "lost", "bucket": "report-files"}
        return migrations.apply(self.folder, variables, history, self.arguments, self.lost.append)

    def run(self, sql: str) -> Any:
        with self.connection.cursor() as cursor:
            return cursor.execute(sql).fetchone()  # type: ignore[union-attr]  # a statement that is sent has a cursor

    def leads(self) -> bool:
        return bool(self.run(LEADER)[0])


def test_p23_what_is_lost_is_made_again_and_nobody_may_claim_before_its_states_are_put_back(
    account: Account, folder: Path
) -> None:
    queue = Queue(account, folder, "LOST")
    assert len(queue.deploy()) == len(SCRIPTS)
    assert (queue.leads(), queue.lost) == (True, [])

    # A first deployment that was broken off: nobody has asked for anything, so there is nothing to put back.
    for table in ("change_history", "job_state"):
        queue.run(f"DROP TABLE {table}")
    queue.deploy()
    assert (queue.leads(), queue.lost) == (True, [])

    queue.run(ASKED)
    for what in ("TABLE job_state", "TABLE type_state", "VIEW report_pauses"):
        queue.run(f"DROP {what}")
    assert len(queue.deploy()) == len(SCRIPTS)
    assert queue.lost == [("job_state", "report_pauses", "type_state")]
    assert not queue.leads(), "an executor would launch what has ended"
    queue.run("SELECT waits_since, interruptions, refusals FROM job_state")
    assert queue.run("SELECT COUNT(*) FROM report_pauses")[0] == 0
    assert queue.run("SELECT COUNT(*) FROM job_intake")[0] == 1
    assert queue.deploy() == ()

    for table in ("change_history", "job_state"):
        queue.run(f"DROP TABLE {table}")
    queue.deploy()
    assert not queue.leads(), "without a history, too"
