"""For comparison, the loop that most teams write.

It polls a table, calls RunTask for each row, looks at each task by itself, and writes each change with a statement of
its own. A process of its own; it ends when every job has ended.
"""

import json
import os
import sys
import time
from typing import Any

import boto3

from benchmarks.executor.with_snowflake import SIGNING_IN, connect

EVERY_S = 5.0


class PlainLoop:
    """Everything one after the other."""

    def __init__(self, connection: Any, ecs: Any) -> None:
        """A connection to Snowflake, a client of ECS."""
        self._cursor, self._ecs = connection.cursor(), ecs
        self.statements = 0

    def run(self) -> None:
        """Go round until no job is open."""
        while open_jobs := self._sql("SELECT id, status, arn FROM plain_jobs WHERE status <> 'STOPPED'"):
            for job, status, arn in open_jobs:
                if status == "QUEUED":
                    self._launch(job)
                else:
                    self._look(job, status, arn)
            time.sleep(EVERY_S)

    def _launch(self, job: int) -> None:
        order = json.dumps({"job_id": job, "prefix": f"plain/{job}/"})
        environment = [{"name": "REPORTING_TASK_SPEC", "value": order}]
        answer = self._ecs.run_task(
            cluster="reporting",
            taskDefinition="reporting-job:3",
            startedBy=f"plain/loop/{job}/1",
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0d1f8a4e9c6b7a352"]}},
            overrides={"containerOverrides": [{"name": "report", "environment": environment}]},
        )
        self._set(job, "PROVISIONING", answer["tasks"][0]["taskArn"])

    def _look(self, job: int, status: str, arn: str) -> None:
        task = self._ecs.describe_tasks(cluster="reporting", tasks=[arn])["tasks"][0]
        if task["lastStatus"] != status:
            self._set(job, task["lastStatus"], arn)

    def _set(self, job: int, status: str, arn: str) -> None:
        self._sql("UPDATE plain_jobs SET status = ?, arn = ? WHERE id = ?", status, arn, job)

    def _sql(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        self.statements += 1
        return self._cursor.execute(text, values or None).fetchall()  # type: ignore[no-any-return]  # rows are what they are


def main() -> None:
    """Do all jobs, and tell what it cost."""
    signing_in = {f"SNOWFLAKE_{name}": os.environ[f"SNOWFLAKE_{name}"] for name in SIGNING_IN}
    with connect(signing_in) as connection:
        loop = PlainLoop(connection, boto3.client("ecs"))
        began_s = time.process_time()
        loop.run()
        cost = {"cpu_s": time.process_time() - began_s, "statements": loop.statements}
    sys.stdout.write(json.dumps(cost) + "\n")


if __name__ == "__main__":
    main()
