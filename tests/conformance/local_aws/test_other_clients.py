"""The asynchronous SDK and the official command line see the same AWS."""

import asyncio
import json
import subprocess
import uuid
from pathlib import Path
from typing import Any

import pytest
from aiobotocore.session import get_session

pytestmark = pytest.mark.thorough

AWS_CLI = Path(__file__).parents[2] / "clients" / ".venv" / "bin" / "aws"


def async_client(cloud: Any, service: str) -> Any:
    session: Any = get_session()
    return session.create_client(
        service,
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id="AKIALOCALCLOUDTESTS0",
        aws_secret_access_key="local",
    )


async def test_the_asynchronous_sdk_runs_a_hundred_tasks_to_their_end(cloud: Any) -> None:
    started_by = f"async/{uuid.uuid4().hex}"
    definition = cloud.register({"name": "report", "image": "sh:test"})
    request = {
        "cluster": cloud.stack.cluster,
        "taskDefinition": definition,
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": list(cloud.stack.subnets)}},
        "startedBy": started_by,
        "overrides": {"containerOverrides": [{"name": "report", "command": ["-c", "exit 3"]}]},
    }
    async with (
        asyncio.timeout(30),
        async_client(cloud, "ecs") as ecs,
    ):
        answers = await asyncio.gather(*(ecs.run_task(**request) for _ in range(100)))
        arns = [answer["tasks"][0]["taskArn"] for answer in answers]
        tasks: list[Any] = []
        while len([task for task in tasks if task["lastStatus"] == "STOPPED"]) < len(arns):
            tasks = (await ecs.describe_tasks(cluster=cloud.stack.cluster, tasks=arns))["tasks"]
            await asyncio.sleep(0.05)
    assert {task["containers"][0]["exitCode"] for task in tasks} == {3}
    assert {task["startedBy"] for task in tasks} == {started_by}


async def test_the_asynchronous_sdk_writes_on_condition_and_reads(cloud: Any) -> None:
    key = uuid.uuid4().hex
    async with async_client(cloud, "s3") as s3:
        await s3.put_object(Bucket=cloud.stack.bucket, Key=key, Body=b"async", IfNoneMatch="*")
        with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
            await s3.put_object(Bucket=cloud.stack.bucket, Key=key, Body=b"again", IfNoneMatch="*")
        answer = await s3.get_object(Bucket=cloud.stack.bucket, Key=key)
        assert await answer["Body"].read() == b"async"


def aws(cloud: Any, *words: str) -> Any:
    environment = {
        "AWS_ACCESS_KEY_ID": "AKIALOCALCLOUDTESTS0",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_PAGER": "",
    }
    run = subprocess.run([AWS_CLI, *words, "--output", "json"], env=environment, capture_output=True, check=False)
    assert run.returncode == 0, run.stderr.decode()
    return json.loads(run.stdout) if run.stdout.strip().startswith(b"{") else None


def test_the_official_command_line_runs_a_task_and_reads_its_log(cloud: Any, tmp_path: Path) -> None:
    network = f"awsvpcConfiguration={{subnets=[{cloud.stack.subnets[0]}]}}"
    override = {"containerOverrides": [{"name": "report", "command": ["-c", "print('from the CLI')"]}]}
    where = ("--cluster", cloud.stack.cluster)
    started = aws(
        cloud,
        *("ecs", "run-task", *where, "--task-definition", cloud.stack.task_definition),
        *("--network-configuration", network, "--overrides", json.dumps(override)),
    )
    arn = started["tasks"][0]["taskArn"]
    cloud.await_status(arn, "STOPPED")
    task = aws(cloud, "ecs", "describe-tasks", *where, "--tasks", arn)["tasks"][0]
    assert (task["lastStatus"], task["containers"][0]["exitCode"]) == ("STOPPED", 0)
    stream = f"report/report/{arn.rsplit('/', 1)[-1]}"
    events = aws(
        cloud,
        *("logs", "get-log-events", "--log-group-name", cloud.stack.log_group),
        *("--log-stream-name", stream),
    )["events"]
    assert [event["message"] for event in events] == ["from the CLI"]
    file = tmp_path / "up.txt"
    file.write_text("by the CLI")
    aws(cloud, "s3", "cp", str(file), f"s3://{cloud.stack.bucket}/cli/up.txt")
    assert cloud.s3.get_object(Bucket=cloud.stack.bucket, Key="cli/up.txt")["Body"].read() == b"by the CLI"
