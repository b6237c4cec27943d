"""Command, environment, secrets, images, log lines and metadata of containers: pure parts."""

import errno
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_cloud.aws.fargate.awslogs import LineSplitter, stream_name
from local_cloud.aws.fargate.container_plan import Surroundings, log_target, plan_command, stop_timeout_s
from local_cloud.aws.fargate.images import Image, ImageFileError, ImageMap, parse_images
from local_cloud.aws.fargate.processes import SpawnRefusedError
from local_cloud.aws.fargate.secret_reference import ParameterReference, SecretReference, parse_value_from
from local_cloud.aws.fargate.start_failures import command_not_started, image_not_found
from local_cloud.aws.fargate.world import Place, SecretUnavailableError
from local_cloud.aws.log_files import LogFiles
from local_cloud.aws.s3.presigned import has_expired

AROUND = Surroundings({"PATH": "/bin", "A": "platform"}, Path("/home"))
IMAGE = Image(("python", "-m", "runner"), {"A": "image", "B": "image"})


def plan(definition: dict[str, Any], overrides: dict[str, Any] | None = None, image: Image = IMAGE) -> Any:
    return plan_command({"name": "c", **definition}, overrides or {}, image, AROUND, lambda ref: f"<{ref}>")


@pytest.mark.parametrize(
    ("definition", "override", "argv"),
    [
        ({}, {}, ["python", "-m", "runner"]),
        ({"command": ["x"]}, {}, ["python", "-m", "runner", "x"]),
        ({"command": ["x"]}, {"command": ["y"]}, ["python", "-m", "runner", "y"]),
        ({"entryPoint": ["sh"], "command": ["x"]}, {}, ["sh", "x"]),
        ({"entryPoint": ["sh"]}, {"command": ["y"]}, ["sh", "y"]),
    ],
)
def test_command_and_entry_point_combine_as_in_a_container(
    definition: dict[str, Any], override: dict[str, Any], argv: list[str]
) -> None:
    overrides = {"containerOverrides": [{"name": "other", "command": ["z"]}, {"name": "c", **override}]}
    assert plan(definition, overrides).argv == argv


@pytest.mark.parametrize(
    ("definition", "argv"),
    [
        ({}, ["prog", "run"]),
        ({"command": ["drain"]}, ["prog", "drain"]),
        ({"entryPoint": ["sh"]}, ["sh"]),
    ],
)
def test_an_images_own_arguments_give_way_to_command_and_entry_point(
    definition: dict[str, Any], argv: list[str]
) -> None:
    assert plan(definition, image=Image(("prog",), arguments=("run",))).argv == argv


def test_words_and_variables_that_begin_with_a_volumes_path_name_the_tasks_own_folder() -> None:
    definition = {
        "command": ["/tmp/a", "/tmpa", "/tmp"],
        "environment": [{"name": "FILE", "value": "/tmp/heartbeat"}, {"name": "OTHER", "value": "/var/tmp"}],
        "mountPoints": [{"sourceVolume": "scratch", "containerPath": "/tmp"}],
    }
    around = Surroundings({}, Path("/home"), Path("/own"))
    found = plan_command({"name": "c", **definition}, {}, Image(("/tmp/image",)), around, str)
    assert found.argv == ["/tmp/image", "/own/scratch/a", "/tmpa", "/own/scratch"]
    assert found.environment == {"FILE": "/own/scratch/heartbeat", "OTHER": "/var/tmp", "TMPDIR": "/own/scratch"}


def test_what_is_closer_to_the_call_wins_in_the_environment() -> None:
    definition = {
        "environment": [{"name": "B", "value": "definition"}, {"name": "C", "value": "definition"}],
        "secrets": [{"name": "S", "valueFrom": "s"}],
    }
    overrides = {"containerOverrides": [{"name": "c", "environment": [{"name": "C", "value": "call"}]}]}
    assert plan(definition, overrides).environment == {
        "PATH": "/bin",
        "A": "image",
        "B": "definition",
        "C": "call",
        "S": "<s>",
    }


def test_a_container_starts_where_its_image_says_else_at_home() -> None:
    assert plan({}).working_dir == Path("/home")
    assert plan({}, image=Image(("x",), {}, Path("/app"))).working_dir == Path("/app")


@pytest.mark.parametrize(("given_s", "used_s"), [(None, 30), (1, 2), (45, 45), (600, 120)])
def test_the_stop_timeout_stays_within_fargates_bounds(given_s: int | None, used_s: int) -> None:
    assert stop_timeout_s({"stopTimeout": given_s}) == used_s


def test_only_awslogs_has_a_log_target() -> None:
    options = {"awslogs-group": "g", "awslogs-stream-prefix": "p"}
    definition = {"name": "c", "logConfiguration": {"logDriver": "awslogs", "options": options}}
    target = log_target(definition, stream_name(definition, "id"), "eu-west-1")
    assert target is not None
    assert (target.group, target.stream, target.region, target.create_group) == ("g", "p/c/id", "eu-west-1", False)
    assert log_target({"name": "c"}, "s", "eu-west-1") is None


@pytest.mark.parametrize(
    ("value_from", "reference"),
    [
        (
            "arn:aws:secretsmanager:us-east-1:1:secret:app/db-AbCdEf",
            SecretReference("arn:aws:secretsmanager:us-east-1:1:secret:app/db-AbCdEf", "us-east-1"),
        ),
        (
            "arn:aws:secretsmanager:us-east-1:1:secret:db-AbCdEf:user:AWSPREVIOUS:v1",
            SecretReference(
                "arn:aws:secretsmanager:us-east-1:1:secret:db-AbCdEf", "us-east-1", "user", "AWSPREVIOUS", "v1"
            ),
        ),
        ("arn:aws:ssm:us-east-1:1:parameter/app/token", ParameterReference("/app/token", "us-east-1")),
        ("arn:aws:ssm:us-east-1:1:parameter/token", ParameterReference("token", "us-east-1")),
        ("/app/token", ParameterReference("/app/token", None)),
    ],
)
def test_a_value_from_is_read_as_ecs_reads_it(value_from: str, reference: SecretReference | ParameterReference) -> None:
    assert parse_value_from(value_from) == reference


@pytest.mark.parametrize("text", ["no json", "[1]", '{"other": 1}'])
def test_a_secret_without_the_wanted_key_is_unavailable(text: str) -> None:
    with pytest.raises(SecretUnavailableError, match="did not contain json key user"):
        SecretReference("s", None, "user").pick(text)


@pytest.mark.parametrize(
    ("error", "program", "text"),
    [
        (SpawnRefusedError(errno.ENOENT, "report"), "report", "executable file not found in $PATH"),
        (SpawnRefusedError(errno.ENOENT, "/app/run"), "/app/run", "stat /app/run: no such file or directory"),
        (SpawnRefusedError(errno.ENOENT, "/work"), "sh", "stat /work: no such file or directory"),
        (SpawnRefusedError(errno.EACCES, "/x"), "/x", "permission denied"),
        (SpawnRefusedError(errno.ENOEXEC, "/x"), "/x", "exec format error"),
    ],
)
def test_a_start_refused_by_the_system_is_worded_as_the_runtime_words_it(
    error: SpawnRefusedError, program: str, text: str
) -> None:
    reason = str(command_not_started(error, program, "c"))
    assert reason.startswith("CannotStartContainerError: ")
    assert f'exec: "{program}": {text}' in reason


@pytest.mark.parametrize(("image", "full"), [("a/b", "a/b:latest"), ("h:5000/b", "h:5000/b:latest"), ("a:1", "a:1")])
def test_an_image_is_named_with_its_tag(image: str, full: str) -> None:
    assert str(image_not_found(image, "c")).endswith(f"ref {full}: {full}: not found")


def test_images_are_read_again_when_their_file_changes(tmp_path: Path) -> None:
    file = tmp_path / "images.json"
    file.write_text('{"a:1": {"command": ["x"]}}')
    images = ImageMap(file)
    assert images.find("a:1") == Image(("x",))
    file.write_text('{"b:1": {"command": ["y"], "environment": {"N": 1}, "working_dir": "/w"}}')
    assert images.find("a:1") is None
    assert images.find("b:1") == Image(("y",), {"N": "1"}, Path("/w"))


@pytest.mark.parametrize("text", ["[]", "{", '{"a": {}}', '{"a": {"command": "x"}}', '{"a": 1}'])
def test_a_file_of_another_shape_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_images(text)


def test_an_unusable_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ImageFileError, match=r"missing\.json cannot be used"):
        ImageMap(tmp_path / "missing.json").find("a")


@given(st.lists(st.binary(max_size=40)), st.integers(min_value=1, max_value=16))
def test_however_output_is_chopped_the_lines_are_the_same(chunks: list[bytes], max_bytes: int) -> None:
    splitter = LineSplitter(max_bytes)
    got = [line for chunk in chunks for line in splitter.feed(chunk)] + splitter.close()
    whole = LineSplitter(max_bytes)
    assert got == whole.feed(b"".join(chunks)) + whole.close()


@given(st.binary(max_size=200), st.integers(min_value=1, max_value=16))
def test_no_byte_is_lost_and_no_piece_is_too_long(data: bytes, max_bytes: int) -> None:
    ascii_data = bytes(byte & 0x7F for byte in data)
    splitter = LineSplitter(max_bytes)
    lines = splitter.feed(ascii_data) + splitter.close()
    assert "".join(lines).encode() == ascii_data.replace(b"\n", b"")
    assert all(len(line) <= max_bytes for line in lines)


def test_log_files_give_back_what_they_were_given(tmp_path: Path) -> None:
    place, files = Place("1", "eu-west-1"), LogFiles(tmp_path)
    events = [(1_700_000_000_001, "one"), (1_700_000_000_999, " two  words\r"), (1_700_000_001_000, "")]
    events += [(1_700_000_002_000, "of\n\tmore\n\nlines\n")]
    files.append(place, "/a/b", "p/c/id", events[:1])
    files.append(place, "/a/b", "p/c/id", events[1:])
    (stored,) = files.read_all()
    assert (stored.place, stored.group, stored.stream, stored.events) == (place, "/a/b", "p/c/id", events)


def test_a_line_cut_short_by_a_crash_is_left_out(tmp_path: Path) -> None:
    files = LogFiles(tmp_path)
    files.append(Place("1", "r"), "g", "s", [(1_700_000_000_001, "whole")])
    (file,) = tmp_path.rglob("*.log")
    with file.open("a") as text:
        text.write("2026-01-01T00:00:00.000Z cut sho")
    (stored,) = files.read_all()
    assert [message for _, message in stored.events] == ["whole"]


def test_a_stream_cannot_be_written_outside_its_folder(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="awslogs-stream-prefix"):
        LogFiles(tmp_path).append(Place("1", "r"), "g", "../../../x", [(0, "m")])


@pytest.mark.parametrize(
    ("query", "expired"),
    [
        ({}, False),
        ({"X-Amz-Signature": "s", "X-Amz-Date": "20260101T115900Z", "X-Amz-Expires": "61"}, False),
        ({"X-Amz-Signature": "s", "X-Amz-Date": "20260101T115900Z", "X-Amz-Expires": "60"}, True),
        ({"X-Amz-Signature": "s", "X-Amz-Date": "20260101T115900Z", "X-Amz-Expires": "604801"}, True),
        ({"X-Amz-Signature": "s", "X-Amz-Date": "yesterday", "X-Amz-Expires": "60"}, True),
        ({"X-Amz-Signature": "s"}, True),
    ],
)
def test_a_link_is_good_until_it_expires(query: dict[str, str], expired: bool) -> None:
    assert has_expired(query, datetime(2026, 1, 1, 12, tzinfo=UTC)) is expired
