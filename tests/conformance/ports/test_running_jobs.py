"""What a status says of a running job: what its container kept in the place of the links, if there is any."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from tests.conformance.ports.stores import SnowflakeQueue

PLACE = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH", "paramstyle": "qmark"}


class Job:
    """A job that runs for 40 seconds, and who asked for it."""

    def __init__(self, queue: SnowflakeQueue, owner: Any, caller: Any, folder: Path) -> None:
        self._queue, self._owner, self._caller, self._folder = queue, owner, caller, folder
        self.job_id = str(self.asked("generate_report('SALES_REPORT')")["job_id"])
        queue.sql(
            "INSERT INTO job_state (request_id, job_id, status, fence, attempt, started_at) "
            "SELECT request_id, job_id, 'RUNNING', 7, 2, DATEADD('second', -40, SYSDATE()) "
            "FROM job_intake WHERE job_id = ?",
            self.job_id,
        )

    def asked(self, call: str) -> Any:
        return json.loads(self._caller.cursor().execute(f"CALL {call}").fetchone()[0])

    def progress(self) -> str:
        """The sentence, without how long jobs of the type took; both procedures say the same."""
        told = self.asked(f"report_status('{self.job_id}')")
        waited = self.asked(f"wait_for_report('{self.job_id}', 0)")
        assert waited["timed_out"]
        assert without_seconds(waited["progress"]) == without_seconds(told["progress"])
        return without_seconds(told["progress"])

    def keep(self, content: bytes, attempt: int = 2) -> None:
        """As its container does; the stage lies in Snowflake here, which the statement does not see."""
        file = self._folder / "progress.txt"
        file.write_bytes(content)
        where = f"@report_links/SALES_REPORT/adhoc/{self.job_id}/{attempt}"
        self._owner.cursor().execute(f"PUT file://{file} {where} AUTO_COMPRESS=FALSE OVERWRITE=TRUE")

    def is_now(self, status: str) -> None:
        self._queue.sql("UPDATE job_state SET status = ? WHERE job_id = ?", status, self.job_id)

    def inside_a_transaction(self) -> str:
        self._caller.cursor().execute("BEGIN")
        told = self.asked(f"report_status('{self.job_id}')")["progress"]
        assert self._caller.cursor().execute("SELECT COUNT(*) > 0 FROM jobs").fetchone() == (True,)
        self._caller.cursor().execute("COMMIT")
        return without_seconds(told)


def without_seconds(sentence: str) -> str:
    began, _, rest = sentence.partition(" s, ")
    assert began.removeprefix("runs for ").isdigit(), sentence
    return rest.partition(";")[0]


@pytest.fixture
def connections(snowflake_arguments: dict[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The owner of the schema, and somebody who may ask for reports and nothing else."""
    with snowflake.connector.connect(**snowflake_arguments | PLACE) as owner:
        owner.cursor().execute("CREATE USER IF NOT EXISTS ann")
        owner.cursor().execute("GRANT ROLE report_requester TO USER ann")
        asking = {"user": "ANN", "role": "REPORT_REQUESTER"}
        with snowflake.connector.connect(**snowflake_arguments | PLACE | asking) as caller:
            yield owner, caller


@pytest.fixture
def job(snowflake_queue: SnowflakeQueue, connections: tuple[Any, Any], tmp_path: Path) -> Iterator[Job]:
    snowflake_queue.empty()
    yield Job(snowflake_queue, *connections, tmp_path)
    connections[0].cursor().execute("DROP STAGE IF EXISTS report_links")
    snowflake_queue.empty()


@pytest.fixture
def stage(connections: tuple[Any, Any]) -> None:
    connections[0].cursor().execute("CREATE STAGE report_links")


def test_without_a_stage_a_status_says_what_the_row_does(job: Job) -> None:
    assert job.progress() == "attempt 2"
    assert job.inside_a_transaction() == "attempt 2"


@pytest.mark.usefixtures("stage")
def test_stage_and_rows_are_those_of_the_attempt_that_runs_and_as_they_are_now(job: Job) -> None:
    assert job.progress() == "attempt 2", "there is no file yet"
    job.keep(b"publishing,9\n", attempt=1)
    assert job.progress() == "attempt 2", "it is of the attempt before"
    job.keep(b"writing,1200000\n")
    assert job.progress() == "attempt 2: writing, 1,200,000 rows"
    assert job.inside_a_transaction() == "attempt 2: writing, 1,200,000 rows"
    job.keep(b"composing,0\n")
    assert job.progress() == "attempt 2: composing"


@pytest.mark.usefixtures("stage")
def test_what_others_wrote_in_its_place_is_not_told(job: Job) -> None:
    for content in (
        b"",
        b"\n",
        b"writing",
        b"writing,many\n",
        b'"x",1\n',
        b"<b>,1\n",
        b"\xff\xfe\x00",
        b"a," * 5000,
        b",,",
    ):
        job.keep(content)
        assert job.progress() == "attempt 2", content


@pytest.mark.usefixtures("stage")
@pytest.mark.parametrize("status", ["LAUNCHED", "CANCELLING", "RETRY_WAIT"])
def test_a_job_that_does_not_run_does_not_say_how_far_it_was(job: Job, status: str) -> None:
    job.keep(b"writing,7\n")
    job.is_now(status)
    told = job.asked(f"report_status('{job.job_id}')")
    assert told["status"] == status
    assert "writing" not in told["progress"]
