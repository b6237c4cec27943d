"""A requester reaches his own jobs and those of shared types; operators and the owner reach every job."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector.errors import ProgrammingError

from tests.conformance.ports.stores import SnowflakeQueue

USERS = {"ANN": "REPORT_REQUESTER", "BEN": "REPORT_REQUESTER", "AUTHORA": "REPORT_AUTHOR", "OPAL": "REPORT_OPERATOR"}
PEERS = ("BEN", "AUTHORA")
PRIVATE, SHARED, KEPT_BACK = "NOTES_OF_ONE", "NOTES_OF_ALL", "NOTES_OF_EACH_DAY"
TAKING_A_JOB = (
    "report_status('{}')",
    "wait_for_report('{}', 0)",
    "check_ecs_job_status('{}')",
    "report_url('{}')",
    "retry_report('{}')",
    "cancel_report('{}')",
)


@dataclass
class People:
    """Users of the product, each with a connection, and the owner of the schema."""

    queue: SnowflakeQueue
    connections: dict[str, snowflake.connector.SnowflakeConnection]

    def rows(self, user: str, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connections[user].cursor().execute(sql, values).fetchall()  # type: ignore[union-attr]  # a cursor

    def call(self, user: str, call: str) -> Any:
        return json.loads(self.rows(user, f"CALL {call}")[0][0])

    def refusal(self, user: str, call: str) -> str:
        with pytest.raises(ProgrammingError) as told:
            self.rows(user, f"CALL {call}")
        return str(told.value.msg)

    def finish(self, job_id: str) -> None:
        """As the executor would have written it, with one file."""
        self.queue.sql(
            "INSERT INTO job_state (request_id, job_id, status, fence, attempt, result_uri, started_at, finished_at) "
            "SELECT request_id, job_id, 'SUCCEEDED', 7, 1, 's3://b/reports/x/', SYSDATE(), SYSDATE() "
            "FROM job_intake WHERE job_id = ?",
            job_id,
        )
        manifest = json.dumps({"files": [{"name": "a.csv", "bytes": 1, "rows": 1}]})
        self.queue.sql(
            'INSERT INTO job_results (request_id, job_id, attempt, manifest, "AT") '
            "SELECT request_id, job_id, 1, PARSE_JSON(?), SYSDATE() FROM job_intake WHERE job_id = ?",
            manifest,
            job_id,
        )

    def fail(self, job_id: str) -> None:
        """As if it had ended so instead."""
        self.queue.sql("UPDATE job_state SET status = 'FAILED' WHERE job_id = ?", job_id)
        self.queue.sql("UPDATE job_results SET diagnosis = 'It broke.' WHERE job_id = ?", job_id)

    def retried(self, job_id: str) -> str:
        """The job that makes it again, which has succeeded."""
        made = str(self.call("ANN", f"retry_report('{job_id}')")["job_id"])
        self.finish(made)
        return made


@pytest.fixture(scope="module")
def connections(snowflake_arguments: dict[str, Any]) -> Iterator[dict[str, snowflake.connector.SnowflakeConnection]]:
    place = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH", "paramstyle": "qmark"}
    owner = snowflake.connector.connect(**snowflake_arguments | place)
    found = {"OWNER": owner}
    for user, role in USERS.items():
        owner.cursor().execute(f"CREATE USER IF NOT EXISTS {user}")
        owner.cursor().execute(f"GRANT ROLE {role} TO USER {user}")
        found[user] = snowflake.connector.connect(**snowflake_arguments | place | {"user": user, "role": role})
    for name, shared in ((PRIVATE, "FALSE"), (SHARED, "TRUE")):
        query = "OBJECT_CONSTRUCT('name', 'q', 'sql', 'SELECT 1 AS n')"
        definition = f"OBJECT_CONSTRUCT('title', 'Notes', 'shared', {shared}, 'queries', ARRAY_CONSTRUCT({query}))"
        owner.cursor().execute(f"CALL define_report('{name}', {definition})")
    yield found
    for name in (PRIVATE, SHARED):
        owner.cursor().execute(f"CALL drop_report('{name}')")
    for connection in found.values():
        connection.close()


@pytest.fixture
def people(
    snowflake_queue: SnowflakeQueue, connections: dict[str, snowflake.connector.SnowflakeConnection]
) -> Iterator[People]:
    snowflake_queue.empty()
    yield People(snowflake_queue, connections)
    snowflake_queue.empty()


def test_a_private_job_is_seen_by_who_asked_by_operators_and_by_the_owner(people: People) -> None:
    job_id = people.call("ANN", f"generate_report('{PRIVATE}')")["job_id"]
    people.finish(job_id)
    for view in ("jobs", "report_files", "job_attempts"):
        seen = {user for user in people.connections if people.rows(user, f"SELECT job_id FROM {view}")}
        assert seen == {"ANN", "OPAL", "OWNER"}, view
    assert {people.rows(user, "SELECT succeeded_last_hour FROM queue_health")[0][0] for user in USERS} == {1}


def test_another_requesters_job_is_refused_in_the_words_of_one_that_is_not_there(people: People) -> None:
    job_id = people.call("ANN", f"generate_report('{PRIVATE}')")["job_id"]
    for call in TAKING_A_JOB:
        for user in PEERS:
            there, nowhere = (people.refusal(user, call.format(name)) for name in (job_id, "nowhere"))
            assert f"'{job_id}' is not the id of a job that you may see" in there
            assert there.replace(job_id, "nowhere")[-60:] == nowhere[-60:]
    assert people.queue.sql("SELECT COUNT(*) AS n FROM job_intake")[0]["n"] == 1


@pytest.mark.parametrize("user", ["ANN", "OPAL", "OWNER"])
def test_who_asked_operators_and_the_owner_cancel_and_retry_a_private_job(people: People, user: str) -> None:
    job_id = people.call("ANN", f"generate_report('{PRIVATE}')")["job_id"]
    assert people.call(user, f"report_status('{job_id}')")["requested_by"] == "ANN"
    assert people.call(user, f"cancel_report('{job_id}')") == {"job_id": job_id, "status": "QUEUED"}
    people.finish(job_id)
    assert people.call(user, f"retry_report('{job_id}')")["retry_of"] == job_id
    assert "no stage on its bucket" in people.refusal(user, f"report_url('{job_id}')")  # past whose job it is


def test_a_job_of_a_shared_type_is_everybodys(people: People) -> None:
    job_id = people.call("ANN", f"generate_report('{SHARED}')")["job_id"]
    for user in PEERS:
        assert people.rows(user, "SELECT job_id FROM jobs") == [(job_id,)]
        assert people.call(user, f"cancel_report('{job_id}')")["job_id"] == job_id


def test_what_the_calendar_makes_is_everybodys(people: People) -> None:
    asked = {job["job_id"] for job in people.call("ANN", "generate_daily_reports()")["jobs"]}
    again = people.call("BEN", "generate_daily_reports()")
    assert (again["enqueued"], {job["job_id"] for job in again["jobs"]}) == (0, asked)
    assert {row[0] for row in people.rows("BEN", "SELECT job_id FROM jobs")} == asked


def test_a_missing_report_is_shown_to_all_and_why_it_failed_to_those_who_may_see_its_job(people: People) -> None:
    missing = f"SELECT job_id, diagnosis FROM missing_reports WHERE report_type = '{KEPT_BACK}'"
    query = "OBJECT_CONSTRUCT('name', 'q', 'sql', 'SELECT 1 AS n')"
    keys = f"'title', 'Notes', 'cadence', 'daily', 'shared', FALSE, 'queries', ARRAY_CONSTRUCT({query})"
    people.call("OWNER", f"define_report('{KEPT_BACK}', OBJECT_CONSTRUCT({keys}))")
    backdated = "UPDATE report_types SET defined_at = DATEADD('day', -1, SYSDATE()) WHERE report_type = ?"
    people.queue.sql(backdated, KEPT_BACK)
    try:
        [made] = people.call("ANN", f"backfill_reports('{KEPT_BACK}', CURRENT_DATE() - 1, CURRENT_DATE() - 1)")["jobs"]
        people.finish(made["job_id"])
        people.fail(made["job_id"])
        told = {user: people.rows(user, missing) for user in people.connections}
        assert told == {user: [(made["job_id"], None if user in PEERS else "It broke.")] for user in people.connections}
        first = people.retried(made["job_id"])
        assert people.rows("OPAL", missing) == []
        people.fail(first)
        assert len(people.rows("OPAL", missing)) == 1
        people.retried(first)
        assert people.rows("OPAL", missing) == []
    finally:
        people.call("OWNER", f"drop_report('{KEPT_BACK}')")


def test_the_newest_definition_says_whether_jobs_are_shared(people: People) -> None:
    types = {row[0] for row in people.rows("OPAL", "SELECT report_type FROM shared_types")}
    assert {SHARED, "SALES_REPORT", "CONNECTION_TEST"} <= types
    assert PRIVATE not in types


def test_without_read_session_an_operators_calls_reach_what_a_requesters_do(people: People) -> None:
    job_id = people.call("ANN", f"generate_report('{PRIVATE}')")["job_id"]
    people.rows("OWNER", "REVOKE READ SESSION ON ACCOUNT FROM ROLE accountadmin")
    try:
        assert "not the id of a job that you may see" in people.refusal("OPAL", f"cancel_report('{job_id}')")
        assert people.rows("OPAL", "SELECT job_id FROM jobs") == [(job_id,)]
        assert people.call("ANN", f"cancel_report('{job_id}')")["job_id"] == job_id
    finally:
        people.rows("OWNER", "GRANT READ SESSION ON ACCOUNT TO ROLE accountadmin")
