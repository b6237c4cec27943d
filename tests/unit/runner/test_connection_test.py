"""The connection test's way through a proxy, and its end when S3 goes away under it."""

import base64
import socket
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from contract.connection_test import TEXT_NAME, StepResult, StepStatus
from contract.outcome import ExitCode
from contract.task_spec import TaskSpec
from runner.clock import utc_now
from runner.connection_test import run as connection_test
from runner.connection_test.place import opened, place_of, proxy_to
from runner.connection_test.step import BrokenError
from runner.failures import RunFailedError
from runner.log import Log
from runner.record import RunRecord
from sql.reports import load_report

SNOWFLAKE = {"host": "a.snowflakecomputing.com"}
PASSED = b"HTTP/1.1 200 Connection established\r\n\r\n"


class Line:
    """The near end of a connection to a proxy that lets everybody through."""

    def __init__(self) -> None:
        self.sent = b""

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def recv(self, _size: int) -> bytes:
        return PASSED

    def close(self) -> None: ...


@pytest.mark.parametrize(
    ("proxy", "says"),
    [
        ("http://ann:canary%40x@proxy:3128", b"ann:canary@x"),
        ("http://ann@proxy:3128", b"ann:"),
        ("http://proxy:3128", None),
        ("proxy:3128", None),
    ],
)
def test_a_proxy_is_told_who_comes_and_nobody_else_is(
    monkeypatch: pytest.MonkeyPatch, proxy: str, says: bytes | None
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    line = Line()
    monkeypatch.setattr(socket, "create_connection", lambda _where, timeout: line)
    place = place_of(SNOWFLAKE)
    assert place.first == ("proxy", 3128)
    opened(place, 1.0)
    _, *headers = line.sent.decode().removesuffix("\r\n\r\n").split("\r\n")
    told = dict(header.split(": ", 1) for header in headers)
    expected = None if says is None else "Basic " + base64.b64encode(says).decode()
    assert told.get("Proxy-Authorization") == expected
    shown = f"{place} {place!r}"
    assert "canary" not in shown
    assert "Basic" not in shown


@pytest.mark.parametrize("proxy", ["http://ann:canary/x@proxy:3128", "http://[canary", "http://ann:canary@"])
def test_an_address_of_a_proxy_that_cannot_be_read_is_told_and_not_shown(
    monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("https_proxy", proxy)
    with pytest.raises(BrokenError, match="the address of the https proxy cannot be read") as told:
        proxy_to("a.snowflakecomputing.com", "https")
    assert "canary" not in f"{told.value.detail} {told.value.remedy}"
    assert "HTTPS_PROXY" in str(told.value.remedy)


class ClosedS3:
    """A bucket that takes nothing any more."""

    def put_object(self, **_wanted: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutObject")


def step(name: str, status: StepStatus) -> StepResult:
    return StepResult(name=name, title=name, status=status, seconds=0.0, detail="seen", remedy="mend it")


def record() -> RunRecord:
    spec = TaskSpec(
        installation="test", job_id="job", attempt=1, report_type="CONNECTION_TEST", report_version=1,
        business_date=None, params={}, definition=load_report("CONNECTION_TEST"), bucket="b", prefix="p/",
        trace_id="t", requested_by="me",
    )  # fmt: skip
    return RunRecord(spec, "arn", utc_now())


@pytest.mark.parametrize(
    ("sign_in", "code", "remedy"),
    [
        (StepStatus.OK, ExitCode.S3_UNWRITABLE, "the task role needs s3:PutObject"),
        (StepStatus.BROKEN, ExitCode.SNOWFLAKE_UNREACHABLE, "mend it"),
    ],
)
def test_s3_that_goes_away_after_the_probe_is_told_as_s3_unless_something_was_broken_before(
    monkeypatch: pytest.MonkeyPatch, sign_in: StepStatus, code: ExitCode, remedy: str
) -> None:
    steps = [step("sign_in", sign_in), step("s3_write", StepStatus.OK), step("s3_read", StepStatus.OK)]
    monkeypatch.setattr(connection_test, "walk", lambda _trip: iter(steps))
    monkeypatch.setattr(connection_test, "_tell", lambda _log, _result: None)
    with pytest.raises(RunFailedError) as ended:
        connection_test.run({}, record(), cast(Any, ClosedS3()), cast(Log, object()))
    assert ended.value.exit_code is code
    assert str(ended.value.failure.remedy).startswith(remedy)
    assert (TEXT_NAME in str(ended.value)) == (code is ExitCode.S3_UNWRITABLE)
