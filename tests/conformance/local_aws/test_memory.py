"""What is over leaves no trace in memory: moto would keep every message, every object and every line of a log."""

import gc
import weakref
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import moto.core.common_models
import moto.logs.models
import moto.s3.models
import moto.sns.models
import moto.sqs.models
import pytest
from moto.core.model_instances import reset_model_data
from moto.logs.models import LogStream, logs_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from local_cloud.aws import moto_log_memory, moto_memory
from local_cloud.aws.clock import utc_now
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.log_files import LogFiles
from local_cloud.aws.moto_world import MotoWorld
from local_cloud.aws.s3.old_versions import OldVersions

ACCOUNT, REGION = "123456789012", "us-east-1"
SEAMS = (
    (moto.core.common_models.BaseModel, "__new__"),
    (moto.sns.models.Topic, "sent_notifications"),
    (moto.sqs.models.Queue, "deleted_messages"),
    (LogStream, "events"),
)


@pytest.fixture(autouse=True)
def _forgetful(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for owner, name in SEAMS:  # so that the classes are as they were after the test
        monkeypatch.setattr(owner, name, vars(owner).get(name), raising=False)
    moto_memory.forget_what_is_over()
    moto_log_memory.pack_what_rests()
    yield
    for backends in (sns_backends, sqs_backends, logs_backends):
        backends[ACCOUNT][REGION].reset()


def is_gone(watched: "weakref.ref[Any]") -> bool:
    gc.collect()
    return watched() is None


def streams(count: int, lines: int = 3) -> Any:
    """A group whose streams got so many lines each, one after the other."""
    backend = logs_backends[ACCOUNT][REGION]
    backend.create_log_group("group", {})
    group = backend.groups["group"]
    for number in range(count):
        group.create_log_stream(f"stream-{number}")
        for line in range(lines):
            group.put_log_events(f"stream-{number}", [{"timestamp": 1_000 + line, "message": f"é {number} {line}"}])
    return group


def rests(stream: LogStream) -> bool:
    return isinstance(vars(stream)["events"], bytes)


def facts(stream: LogStream) -> list[dict[str, Any]]:
    return [event.to_filter_dict() for event in stream.events]


def test_topics_and_queues_forget_what_they_sent_and_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moto_memory, "MOST_HANDLES", 2)
    topic = sns_backends[ACCOUNT][REGION].create_topic("seam")
    topic.publish("doorbell")
    assert topic.sent_notifications == []
    sqs = sqs_backends[ACCOUNT][REGION]
    queue = sqs.create_queue("seam", {})
    handles = []
    for number in range(3):
        sqs.send_message("seam", str(number))
        (message,) = sqs.receive_message("seam", 1, 0, 30)
        handles.append(str(message.receipt_handle))
        sqs.delete_message("seam", handles[-1])
        sqs.delete_message("seam", handles[-1])
    assert [handle in queue.deleted_messages for handle in handles] == [False, True, True]


def test_a_message_that_was_deleted_is_not_remembered() -> None:
    sqs = sqs_backends[ACCOUNT][REGION]
    sqs.create_queue("seam", {})
    watched = weakref.ref(sqs.send_message("seam", "body"))
    (handle,) = [str(message.receipt_handle) for message in sqs.receive_message("seam", 1, 0, 30)]
    sqs.delete_message("seam", handle)
    assert is_gone(watched)


def test_an_object_that_was_deleted_is_not_remembered() -> None:
    backend = moto.s3.models.S3Backend(REGION, ACCOUNT)
    backend.create_bucket("versions", REGION).versioning_status = "Enabled"
    watched = weakref.ref(stored := backend.put_object("versions", "key", b"body"))
    grants = weakref.ref(stored.acl)
    backend.delete_object("versions", "key", version_id=stored.version_id)
    del stored
    backend.delete_bucket("versions")
    assert is_gone(watched)
    assert is_gone(grants)


def test_a_reset_does_not_let_moto_remember_again() -> None:
    reset_model_data()
    watched = weakref.ref(sqs_backends[ACCOUNT][REGION].create_queue("seam", {}))
    sqs_backends[ACCOUNT][REGION].delete_queue("seam")
    assert is_gone(watched)


def test_streams_that_rest_are_packed_and_answer_as_before() -> None:
    group = streams(1)
    (first,) = group.streams.values()
    before = facts(first)
    others = streams_beside(group, moto_log_memory.MOST_AWAKE)
    assert rests(first)
    assert not any(rests(stream) for stream in others)
    assert facts(first) == before


def streams_beside(group: Any, count: int) -> list[LogStream]:
    for number in range(count):
        group.create_log_stream(f"beside-{number}")
        group.put_log_events(f"beside-{number}", [{"timestamp": 1, "message": "beside"}])
    return [stream for name, stream in group.streams.items() if name.startswith("beside")]


def test_a_stream_that_rests_takes_more_lines() -> None:
    group = streams(1)
    (first,) = group.streams.values()
    before = facts(first)
    streams_beside(group, moto_log_memory.MOST_AWAKE)
    group.put_log_events("stream-0", [{"timestamp": 9_000, "message": "later"}])
    assert not rests(first)
    assert facts(first)[:-1] == before
    assert facts(first)[-1]["message"] == "later"


def test_a_stream_that_is_deleted_is_not_kept_for_its_rest() -> None:
    group = streams(1)
    watched = weakref.ref(group.streams["stream-0"])
    group.delete_log_stream("stream-0")
    streams_beside(group, moto_log_memory.MOST_AWAKE)
    assert is_gone(watched)


def test_streams_are_forgotten_with_their_files_when_their_newest_line_is_older_than_the_group_keeps_lines(
    tmp_path: Path,
) -> None:
    now = utc_now()
    world = MotoWorld(LogFiles(tmp_path), lambda: now)
    place = Place(ACCOUNT, REGION)

    def write(group: str, stream: str, at: datetime) -> None:
        assert world.ensure_log_stream(place, group, stream, create_group=True)
        world.append_log(place, group, stream, [(int(at.timestamp() * 1000), "line")])

    def kept() -> set[str]:
        files = {path.stem for path in tmp_path.rglob("*.log")}
        groups = logs_backends[ACCOUNT][REGION].groups.values()
        assert files == {name for group in groups for name in group.streams}
        return files

    write("thirty-days", "old", now)
    write("for-ever", "ancient", now)
    logs_backends[ACCOUNT][REGION].put_retention_policy("thirty-days", "30")
    now += timedelta(days=29, hours=23)
    write("thirty-days", "young", now)
    assert kept() == {"old", "ancient", "young"}
    now += timedelta(hours=2)
    write("thirty-days", "new", now)
    assert kept() == {"ancient", "young", "new"}


def test_lines_read_back_by_a_new_server_are_as_old_as_they_were(tmp_path: Path) -> None:
    now = utc_now()
    place, files = Place(ACCOUNT, REGION), LogFiles(tmp_path)
    files.append(place, "group", "old", [(int((now - timedelta(days=2)).timestamp() * 1000), "line")])
    world = MotoWorld(files, lambda: now)
    world.restore_logs()
    logs_backends[ACCOUNT][REGION].put_retention_policy("group", "1")
    now += timedelta(hours=1)
    world.ensure_log_stream(place, "group", "new", create_group=True)
    assert list(logs_backends[ACCOUNT][REGION].groups["group"].streams) == ["new"]


def rule(prefix: str, days: int) -> dict[str, Any]:
    return {
        "ID": prefix,
        "Status": "Enabled",
        "Filter": {"Prefix": prefix},
        "NoncurrentVersionExpiration": {"NoncurrentDays": days},
    }


def test_versions_are_forgotten_when_they_are_not_current_for_longer_than_the_lifecycle_keeps_them() -> None:
    now = utc_now()
    backend = moto.s3.models.S3Backend(REGION, ACCOUNT)
    bucket = backend.create_bucket("leases", REGION)
    bucket.versioning_status = "Enabled"
    bucket.set_lifecycle([rule("control/", 1)])
    looking = OldVersions(lambda: now)

    def kept(key: str) -> list[bytes]:
        looking.look([bucket])
        return [version.value for version in bucket.keys.getlist(key)]

    def write(key: str, body: bytes, hours_ago: float) -> None:
        backend.put_object("leases", key, body).last_modified = (now - timedelta(hours=hours_ago)).replace(tzinfo=None)

    for key in ("control/lease", "reports/latest"):
        for body, hours_ago in ((b"1", 99.0), (b"2", 50.0), (b"3", 23.5), (b"4", 23.0)):
            write(key, body, hours_ago)
    write("control/resting", b"1", 99.0)
    assert kept("control/lease") == [b"1", b"2", b"3", b"4"]  # the next look is in an hour
    now += timedelta(hours=1)
    # The second was current until the third came, less than 25 hours ago, which is more than a day by now.
    assert kept("control/lease") == [b"3", b"4"]
    assert kept("control/resting") == [b"1"]
    assert kept("reports/latest") == [b"1", b"2", b"3", b"4"]
    now += timedelta(days=3)
    assert kept("control/lease") == [b"4"]
    backend.reset()
