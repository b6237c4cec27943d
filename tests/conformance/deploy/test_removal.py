"""A removal: tasks rest until the next deployment, and a schema that is not the environment's own is not dropped."""

from io import BytesIO
from typing import Any

from botocore.exceptions import ClientError
from snowflake.connector import SnowflakeConnection

from executor.deploy import data, tasks
from executor.deploy.environment import Environment
from executor.deploy.rest import Rest
from executor.settings import ObjectNames

ENVIRONMENT = Environment.model_validate(
    {
        "name": "other", "region": "eu-central-1", "vpc": "vpc-0", "subnets": ["subnet-0"],
        "snowflake": {"account": "local"},
    }
)  # fmt: skip


class Bucket:
    """An S3 that keeps one object."""

    def __init__(self) -> None:
        self.body = b""

    def put_object(self, *, Body: bytes, **_: str) -> None:  # noqa: N803 - S3's names
        self.body = Body

    def get_object(self, **_: str) -> dict[str, Any]:
        if not self.body:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(self.body)}

    def delete_object(self, **_: str) -> None:
        self.body = b""


def running(connection: SnowflakeConnection) -> set[str]:
    return {name for name, state in tasks.states(connection).items() if state == "started"}


def test_tasks_that_a_removal_suspended_and_no_others_are_resumed_by_the_next_deployment(
    connection: SnowflakeConnection,
) -> None:
    s3, said, before = Bucket(), list[str](), running(connection)
    rest = Rest(s3, "b", "deploying")
    by_hand = "weekly_executive_dashboard_task"
    connection.cursor().execute(f"ALTER TASK {by_hand} SUSPEND")
    assert set(rest.suspend(connection)) == before - {by_hand}
    assert running(connection) == set()
    assert rest.suspend(connection) == [], "a removal that is repeated forgets none"
    names = ObjectNames()
    rest.end(connection, names, said.append)
    assert running(connection) == before - {by_hand}
    assert len(said) == len(before) - 1
    rest.end(connection, names, said.append)
    assert len(said) == len(before) - 1, "once"
    connection.cursor().execute(f"ALTER TASK {by_hand} RESUME")


def test_a_schema_of_another_environment_is_left_and_named(connection: SnowflakeConnection) -> None:
    said: list[str] = []
    left = data.of_snowflake(connection, ENVIRONMENT, said.append)
    whose = "it is that of deploying, not of other; look, and drop it yourself"
    assert left == [f"Snowflake schema ANALYTICS_PLATFORM.REPORTING: {whose}"]
    assert running(connection)
    assert "Snowflake user REPORTING_OTHER_RUNNER: dropped" in said
