"""However the server ends, its tasks end with it; what it kept is there again; a reset forgets all."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

pytestmark = pytest.mark.thorough

TAGS = [{"Key": "keep", "Value": "a year"}]
FAMILY = """
import os, subprocess, time
stray = subprocess.Popen(["sleep", "62"], start_new_session=True)
child = subprocess.Popen(["sleep", "63"])
print(os.getpid(), stray.pid, child.pid, flush=True)
time.sleep(64)
"""


def launch_family(cloud: Any) -> list[int]:
    """Run a task with a child and a stray that left its process group; answers with the process ids."""
    arn = cloud.run(FAMILY)
    cloud.await_status(arn, "RUNNING")
    lines = cloud.until(lambda: cloud.lines(arn), "the task has named its processes")
    return [int(word) for word in lines[0].split()]


def await_gone(pids: list[int], timeout_s: float) -> None:
    deadline = time.monotonic() + timeout_s
    alive = pids
    while alive and time.monotonic() < deadline:
        alive = [pid for pid in alive if is_alive(pid)]
        time.sleep(0.02)
    assert not alive


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_sigterm_ends_server_and_tasks(make_cloud: Any) -> None:
    server, cloud = make_cloud()
    pids = launch_family(cloud)
    assert server.stop() == 0
    await_gone(pids, 10)


def test_a_killed_server_takes_its_tasks_with_it(make_cloud: Any) -> None:
    server, cloud = make_cloud()
    pids = launch_family(cloud)
    server.process.kill()
    await_gone([server.process.pid, *pids], 10)


def test_a_killed_shim_takes_its_tasks_with_it_and_ecs_says_so(cloud: Any) -> None:
    arn = cloud.run("import os, time; print(os.getppid(), os.getpid(), flush=True); time.sleep(60)")
    cloud.await_status(arn, "RUNNING")
    lines = cloud.until(lambda: cloud.lines(arn), "the task has named its processes")
    shim, program = (int(word) for word in lines[0].split())
    os.kill(shim, signal.SIGKILL)
    await_gone([shim, program], 3)
    assert cloud.await_status(arn, "STOPPED")["containers"][0]["exitCode"] == 137
    assert cloud.finish("raise SystemExit(4)")["containers"][0]["exitCode"] == 4


def test_a_reset_ends_the_tasks_and_forgets_everything(make_cloud: Any, tmp_path: Path) -> None:
    _, cloud = make_cloud()
    pids = launch_family(cloud)
    cloud.s3.put_object(Bucket=cloud.stack.bucket, Key="k", Body=b"x")
    request = urllib.request.Request(f"{cloud.endpoint}/moto-api/reset", method="POST")
    urllib.request.urlopen(request).close()
    await_gone(pids, 3)
    with pytest.raises(cloud.ecs.exceptions.ClusterNotFoundException):
        cloud.ecs.list_tasks(cluster=cloud.stack.cluster)
    assert cloud.s3.list_buckets()["Buckets"] == []
    assert not list((tmp_path / "data" / "s3").glob("*/k"))
    assert not list((tmp_path / "data").rglob("*.log"))


def write_until_killed(cloud: Any, prefix: str) -> dict[str, bytes]:
    """Put objects until the server is gone; answers with those it acknowledged."""
    acknowledged: dict[str, bytes] = {}
    for number in range(10_000):
        key, body = f"{prefix}/{number % 50}", b"%d" % number * 1_000
        try:
            cloud.s3.put_object(Bucket=cloud.stack.bucket, Key=key, Body=body)
        except BotoCoreError:
            acknowledged.pop(key, None)  # neither old nor new is promised
            return acknowledged
        acknowledged[key] = body
    raise AssertionError("the server outlived ten thousand writes")


def test_objects_and_logs_are_there_again_after_a_kill(make_cloud: Any) -> None:
    server, cloud = make_cloud()
    bucket = cloud.stack.bucket
    for key, body in (("a/b.txt", b"first"), ("a/b.txt", b"second"), ("a", b"file"), ("x//y/../z", b"odd")):
        cloud.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="text/x", Metadata={"who": "me"})
    before = cloud.s3.head_object(Bucket=bucket, Key="a/b.txt", ChecksumMode="ENABLED")
    cloud.s3.put_object_tagging(Bucket=bucket, Key="a", Tagging={"TagSet": TAGS})
    arn = cloud.finish("print('kept')")["taskArn"]
    with ThreadPoolExecutor(4) as pool:
        written = [pool.submit(write_until_killed, cloud, f"many/{writer}") for writer in range(4)]
        cloud.until(lambda: cloud.s3.list_objects_v2(Bucket=bucket, Prefix="many/3/20")["KeyCount"], "writing")
        server.process.kill()
        acknowledged = dict(pair for writer in written for pair in writer.result().items())
    server.process.wait()
    _, again = make_cloud()
    for key, body in acknowledged.items():
        assert again.s3.get_object(Bucket=bucket, Key=key)["Body"].read() == body
    contents = {
        item["Key"]: again.s3.get_object(Bucket=bucket, Key=item["Key"])["Body"].read()
        for item in again.s3.list_objects_v2(Bucket=bucket)["Contents"]
        if not item["Key"].startswith("many/")
    }
    assert contents == {"a": b"file", "a/b.txt": b"second", "x//y/../z": b"odd"}
    after = again.s3.head_object(Bucket=bucket, Key="a/b.txt", ChecksumMode="ENABLED")
    same = ("ETag", "ContentType", "Metadata", "LastModified", "VersionId", "ChecksumCRC32")
    assert {name: after[name] for name in same} == {name: before[name] for name in same}
    assert again.s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert again.s3.get_object_tagging(Bucket=bucket, Key="a")["TagSet"] == TAGS
    assert again.lines(arn) == ["kept"]


def make_what_is_lost(cloud: Any) -> None:
    cloud.ecs.create_cluster(clusterName="passing")
    cloud.client("sqs").create_queue(QueueName="passing")
    cloud.client("sns").create_topic(Name="passing")
    cloud.client("secretsmanager").create_secret(Name="passing", SecretString="x")
    cloud.client("ssm").put_parameter(Name="passing", Value="x", Type="String")
    cloud.s3.put_bucket_tagging(Bucket=cloud.stack.bucket, Tagging={"TagSet": [{"Key": "passing", "Value": "x"}]})


def told_of(cloud: Any) -> dict[str, bool]:
    """Of each kind of thing, whether one of them is the one that was made."""
    parts = {
        "clusters": cloud.ecs.list_clusters()["clusterArns"],
        "queues": cloud.client("sqs").list_queues().get("QueueUrls", []),
        "topics": cloud.client("sns").list_topics()["Topics"],
        "secrets": cloud.client("secretsmanager").list_secrets()["SecretList"],
        "parameters": cloud.client("ssm").describe_parameters()["Parameters"],
    }
    try:
        parts["tags"] = cloud.s3.get_bucket_tagging(Bucket=cloud.stack.bucket)["TagSet"]
    except ClientError:
        parts["tags"] = []
    return {name: "passing" in str(found) for name, found in parts.items()}


def test_lines_that_a_client_wrote_are_there_again_and_not_what_was_deleted_or_is_not_kept(make_cloud: Any) -> None:
    server, cloud = make_cloud()
    make_what_is_lost(cloud)
    assert set(told_of(cloud).values()) == {True}
    now_ms = time.time_ns() // 1_000_000
    for group, stream in (("/mine", "a/1"), ("/mine", "gone"), ("/gone", "a")):
        if stream != "gone":
            cloud.logs.create_log_group(logGroupName=group)
        cloud.logs.create_log_stream(logGroupName=group, logStreamName=stream)
        events = [{"timestamp": now_ms, "message": message} for message in ("one", "two\nlines")]
        too_old = {"timestamp": now_ms - 15 * 24 * 3_600_000, "message": "refused"}
        cloud.logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=[too_old, *events])
    cloud.logs.delete_log_stream(logGroupName="/mine", logStreamName="gone")
    cloud.logs.delete_log_group(logGroupName="/gone")
    server.process.kill()
    server.process.wait()
    _, again = make_cloud()
    assert set(told_of(again).values()) == {False}
    groups = [item["logGroupName"] for item in again.logs.describe_log_groups()["logGroups"]]
    assert sorted(groups) == ["/mine", again.stack.log_group]
    streams = again.logs.describe_log_streams(logGroupName="/mine")["logStreams"]
    assert [item["logStreamName"] for item in streams] == ["a/1"]
    answer = again.logs.get_log_events(logGroupName="/mine", logStreamName="a/1", startFromHead=True)
    assert [(item["timestamp"], item["message"]) for item in answer["events"]] == [
        (now_ms, "one"),
        (now_ms, "two\nlines"),
    ]


def test_the_server_ends_with_the_process_that_asked_for_it(images_file: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from local_cloud.aws.process import LocalAwsProcess\n"
        "server = LocalAwsProcess(Path(sys.argv[1]), Path(sys.argv[2]))\n"
        "print(server.process.pid, flush=True); import os; os.kill(os.getpid(), 9)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(images_file)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    await_gone([int(run.stdout)], 3)


def test_an_image_added_to_the_file_can_be_run_at_once(cloud: Any, images_file: Path) -> None:
    images = json.loads(images_file.read_text())
    definition = cloud.register({"name": "report", "image": "late:1", "command": ["-c", "exit 6"]})
    assert cloud.finish(taskDefinition=definition, overrides={})["stopCode"] == "TaskFailedToStart"
    try:
        images_file.write_text(json.dumps({**images, "late:1": {"command": ["/bin/sh"]}}))
        assert cloud.finish(taskDefinition=definition, overrides={})["containers"][0]["exitCode"] == 6
    finally:
        images_file.write_text(json.dumps(images))


def test_a_second_server_does_not_get_the_same_folder(cloud: Any, data_dir: Path, images_file: Path) -> None:
    words = ("--data-dir", str(data_dir), "--images", str(images_file))
    run = subprocess.run([sys.executable, "-m", "local_cloud.aws", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert f"{data_dir} is in use by another local AWS" in run.stderr


def test_a_missing_file_of_images_stops_the_start(tmp_path: Path) -> None:
    words = ("--data-dir", str(tmp_path), "--images", str(tmp_path / "none.json"))
    run = subprocess.run([sys.executable, "-m", "local_cloud.aws", *words], capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "none.json cannot be used" in run.stderr


def test_health_is_told_without_a_signature(cloud: Any) -> None:
    with urllib.request.urlopen(f"{cloud.endpoint}/local-cloud/health") as answer:
        health = json.load(answer)
    assert (health["service"], health["status"]) == ("aws", "ok")
