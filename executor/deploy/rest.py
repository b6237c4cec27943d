"""Tasks of a removed environment: none asks for reports any more, and those that did do so when it is back.

A deployment leaves suspended what somebody suspended, so which ones a removal suspended is noted in the bucket.
"""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError
from snowflake.connector import SnowflakeConnection, errors

from executor.deploy import tasks
from executor.deploy.templates import query
from executor.settings import ObjectNames


class Rest:
    """The note on the tasks of one environment.

    Args:
        s3: client of S3.
        bucket: of the environment.
        environment: its name.
    """

    def __init__(self, s3: Any, bucket: str, environment: str) -> None:
        self._s3 = s3
        self._where = {"Bucket": bucket, "Key": f"control/{environment}/resting_tasks.json"}

    def suspend(self, connection: SnowflakeConnection) -> list[str]:
        """Suspend our tasks that run by their schedule; answers with their names.

        Args:
            connection: in the schema of the environment.

        Raises:
            snowflake.connector.errors.Error: Snowflake refused it.
        """
        states = tasks.states(connection)
        found = [name for name in tasks.names() if states.get(name) == "started"]
        if found:
            self._note(found)  # before it is done: a removal may be killed in between
        for name in found:
            connection.cursor().execute(query("suspend_task", task=name))
        return found

    def end(self, connection: SnowflakeConnection, names: ObjectNames, say: Callable[[str], None]) -> None:
        """Resume what a removal suspended, and forget the note; does nothing without one.

        Raises:
            snowflake.connector.errors.Error: Snowflake refused it.
        """
        noted = self._noted()
        if not noted:
            return
        try:
            connection.cursor().execute(query("use_schema", database=names.database, schema=names.schema_name))
        except errors.ProgrammingError:  # the schema went meanwhile; the deployment makes new tasks
            noted = []
        there = tasks.states(connection) if noted else {}
        for name in sorted(set(noted) & set(there)):
            connection.cursor().execute(query("resume_task", task=name))
            say(f"task {name}: resumed, as before the removal")
        self._s3.delete_object(**self._where)

    def _note(self, found: list[str]) -> None:
        try:
            self._s3.put_object(**self._where, Body=json.dumps(sorted({*found, *self._noted()})).encode())
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchBucket":  # with no bucket there is nothing to come back to
                raise

    def _noted(self) -> list[str]:
        try:
            text = self._s3.get_object(**self._where)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in {"NoSuchKey", "NoSuchBucket"}:
                return []
            raise
        return [str(name) for name in json.loads(text)]
