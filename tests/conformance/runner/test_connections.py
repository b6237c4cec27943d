"""The connection test: all that works is told, and of what does not the first broken step, with what to do."""

import json
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from contract.connection_test import JSON_NAME, TEXT_NAME, ConnectionReport, StepResult, StepStatus
from contract.task_spec import TaskSpec
from runner.clock import utc_now
from runner.connection_test.course import walk
from runner.connection_test.network import Dns, RevocationPort, Tcp
from runner.connection_test.place import Place
from runner.connection_test.signing_in import Settings
from runner.connection_test.step import Step, Trip
from runner.connection_test.tls import Tls, told
from sql.reports import load_report
from tests.conformance.runner.authority import tls_server
from tests.local_stack import Attempt, LocalStack

TYPE = "CONNECTION_TEST"
ALL = [
    "settings", "dns", "tcp_443", "tcp_80", "tls", "sign_in", "query", "download", "s3_write", "s3_read", "clock",
]  # fmt: skip


def attempt(stack: LocalStack) -> Attempt:
    return stack.attempt(load_report(TYPE), report_type=TYPE)


def trip(stack: LocalStack, *, late_s: float = 0.0, bucket: str | None = None, **environment: str) -> Trip:
    """What the steps go by, inside this process."""
    spec = attempt(stack).spec | ({"bucket": bucket} if bucket else {})
    return Trip(
        stack.environment | environment,
        TaskSpec.model_validate(spec),
        stack.s3,
        lambda: utc_now() - timedelta(seconds=late_s),
    )


def by_status(steps: list[StepResult]) -> dict[StepStatus, list[str]]:
    found: dict[StepStatus, list[str]] = {}
    for step in steps:
        found.setdefault(step.status, []).append(step.name)
    return found


def test_where_everything_works_the_job_succeeds_and_leaves_a_page_and_its_json(stack: LocalStack) -> None:
    tested = attempt(stack)
    run = tested.run()
    assert run.process.returncode == 0, run.lines
    assert tested.names() == [JSON_NAME, TEXT_NAME, "manifest.json", "started.json"]
    report = ConnectionReport.model_validate_json(tested.read(JSON_NAME))
    assert [step.name for step in report.steps] == ALL
    assert (report.status, report.first_broken) == (StepStatus.OK, None)
    text = tested.read(TEXT_NAME).decode()
    assert "Everything works" in text
    assert "plain HTTP (local)" in text
    assert "as report_runner by password" in text
    assert "10.1 MB" in text
    assert sorted((file.name, file.bytes) for file in tested.manifest().files) == [
        (name, len(tested.read(name))) for name in (JSON_NAME, TEXT_NAME)
    ]
    told_by = [line["step"] for line in run.lines if line["action"] == "connection_test_step"]
    assert told_by == ALL
    assert "canary" not in text + json.dumps(run.lines) + run.stderr


def test_p9_the_first_broken_step_is_the_jobs_error_with_what_to_do(stack: LocalStack) -> None:
    tested = attempt(stack)
    run = tested.run(SNOWFLAKE_HOST="nowhere.invalid")
    assert run.process.returncode == 13
    manifest = tested.failure()
    assert manifest.failure is not None
    assert manifest.failure.kind == "CONNECTION_BROKEN"
    assert manifest.failure.message.startswith("step dns: nowhere.invalid does not resolve")
    assert "SNOWFLAKE_ACCOUNT" in (manifest.failure.remedy or "")
    assert manifest.failure.retry_helps is False
    report = ConnectionReport.model_validate_json(tested.read(JSON_NAME))
    assert report.first_broken == "dns"
    assert "BROKEN    dns" in tested.read(TEXT_NAME).decode()


def test_what_rests_on_a_broken_step_is_not_tried_and_all_else_is(stack: LocalStack, closed_port: str) -> None:
    found = by_status(list(walk(trip(stack, SNOWFLAKE_PORT=closed_port))))
    assert found[StepStatus.BROKEN] == ["tcp_443"]
    assert found[StepStatus.NOT_TRIED] == ["tls", "sign_in", "query", "download"]
    assert found[StepStatus.OK] == ["settings", "dns", "tcp_80", "s3_write", "s3_read", "clock"]


def test_a_wrong_password_is_told_with_snowflakes_number_and_never_shown(stack: LocalStack) -> None:
    stack.connection.cursor().execute("CREATE USER IF NOT EXISTS tested PASSWORD = 'right one'")
    steps = list(walk(trip(stack, SNOWFLAKE_USER="tested")))
    broken = next(step for step in steps if step.status is StepStatus.BROKEN)
    assert broken.name == "sign_in"
    assert "390100" in broken.detail
    assert "workload identity" in (broken.remedy or "")
    assert stack.environment["SNOWFLAKE_PASSWORD"] not in str(steps)


def test_settings_that_are_half_are_told_at_once_before_anything_is_tried(stack: LocalStack) -> None:
    steps = list(walk(trip(stack, SNOWFLAKE_ACCOUNT="", SNOWFLAKE_USER="")))
    assert steps[0].status is StepStatus.BROKEN
    assert "SNOWFLAKE_ACCOUNT: is not set; SNOWFLAKE_USER: is not set" in steps[0].detail


def test_without_a_warehouse_the_query_is_what_is_broken(stack: LocalStack) -> None:
    found = by_status(list(walk(trip(stack, SNOWFLAKE_WAREHOUSE="nowhere"))))
    assert found[StepStatus.BROKEN] == ["query"]
    assert found[StepStatus.NOT_TRIED] == ["download"]


def test_a_missing_bucket_is_told_while_snowflake_is_tested_all_the_same(stack: LocalStack) -> None:
    steps = list(walk(trip(stack, bucket="no-such-bucket-here")))
    found = by_status(steps)
    assert (found[StepStatus.BROKEN], found[StepStatus.NOT_TRIED]) == (["s3_write"], ["s3_read"])
    assert "REPORTING_BUCKET" in next(step.remedy or "" for step in steps if step.name == "s3_write")


def test_where_s3_is_what_is_broken_the_log_tells_everything(stack: LocalStack) -> None:
    tested = attempt(stack)
    run = tested.run(REPORTING_TASK_SPEC=json.dumps(tested.spec | {"bucket": "no-such-bucket-here"}))
    assert run.process.returncode == 14
    told_by = {line["step"]: line["status"] for line in run.lines if line["action"] == "connection_test_step"}
    assert list(told_by) == ALL
    assert told_by["download"] == "ok"
    [failed] = [line for line in run.lines if line["action"] == "report_failed"]
    assert failed["message"].startswith("step s3_write: ")


@pytest.mark.parametrize(("late_s", "says"), [(120.0, "behind"), (-120.0, "ahead")])
def test_a_clock_that_is_wrong_is_told_against_snowflake_and_s3(stack: LocalStack, late_s: float, says: str) -> None:
    steps = list(walk(trip(stack, late_s=late_s)))
    [broken] = [step for step in steps if step.status is StepStatus.BROKEN]
    assert broken.name == "clock"
    for clock in ("Snowflake", "S3"):
        assert re.search(rf"{clock} 1[12]\d s {says}", broken.detail)


class _Hangs(Step):
    name, title, limit_s, remedy = "hangs", "hangs", 0.2, "let go of it"

    def take(self, trip: Trip) -> str:
        threading.Event().wait(60)
        return "never"


class _After(_Hangs):
    name, needs = "after", ("hangs",)


class _Stumbles(_Hangs):
    name = "stumbles"

    def take(self, trip: Trip) -> str:
        raise KeyError("what nobody thought of")


def test_a_step_that_hangs_is_left_behind_and_one_that_stumbles_stops_nobody(stack: LocalStack) -> None:
    hung, after, stumbled, settings = walk(trip(stack), [_Hangs, _After, _Stumbles, Settings])
    assert (hung.status, hung.detail) == (StepStatus.BROKEN, "no answer within 0.2 s")
    assert hung.remedy == "let go of it"
    assert (after.status, stumbled.status) == (StepStatus.NOT_TRIED, StepStatus.BROKEN)
    assert "what nobody thought of" in stumbled.detail
    assert settings.status is StepStatus.OK


@pytest.fixture
def intercepted(tmp_path: Path) -> Iterator[tuple[Place, Path]]:
    """A TLS server whose certificate a company's proxy issued, and that company's authority."""
    with tls_server(tmp_path, issuer="Acme Web Filter") as (port, authority):
        yield Place("localhost", port, secure=True), authority


def placed(stack: LocalStack, place: Place, authority: Path | None = None) -> Trip:
    found = trip(stack)
    found.place = place
    if authority is not None:
        found.environment = {**found.environment, "REQUESTS_CA_BUNDLE": str(authority)}
    return found


class _Alone(Tls):
    needs = ()


def test_a_proxy_that_opens_tls_shows_by_its_name(stack: LocalStack, intercepted: tuple[Place, Path]) -> None:
    place, authority = intercepted
    alone: list[type[Step]] = [_Alone]
    [refused] = walk(placed(stack, place), alone)
    assert refused.status is StepStatus.BROKEN
    assert "not trusted" in refused.detail
    assert "Acme Web Filter" in refused.detail
    [taken] = walk(placed(stack, place, authority), alone)
    assert taken.status is StepStatus.OK
    assert "Acme Web Filter" in taken.detail
    assert "perhaps a proxy" in taken.detail


def test_a_usual_authority_gets_no_remark() -> None:
    certificate: dict[str, Any] = {"issuer": ((("organizationName", "DigiCert Inc"),),), "notAfter": "2027"}
    assert told(certificate, "TLSv1.3") == "TLSv1.3, issued by DigiCert Inc, valid until 2027"


def test_behind_a_proxy_the_proxy_is_what_must_be_reached(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch, closed_port: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed_port}")
    known: dict[str, str] = dict.fromkeys(("SNOWFLAKE_HOST", "SNOWFLAKE_PROTOCOL", "SNOWFLAKE_PORT"), "")
    known |= {"SNOWFLAKE_ACCOUNT": "organisation-account", "REPORTING_ALLOW_PASSWORD": "true"}
    outside = trip(stack)
    outside.environment = {**outside.environment, **known}
    settings, dns, tcp = walk(outside, [Settings, Dns, Tcp])
    assert f"organisation-account.snowflakecomputing.com:443 by the proxy 127.0.0.1:{closed_port}" in settings.detail
    assert (dns.status, tcp.status) == (StepStatus.OK, StepStatus.BROKEN)


class _NoWayOut(RevocationPort):
    needs, host = (), "nowhere.invalid"


def test_a_closed_port_80_is_a_warning_because_nothing_needs_it(stack: LocalStack) -> None:
    [step] = walk(placed(stack, Place("localhost", 443, secure=True)), [_NoWayOut])
    assert step.status is StepStatus.WARNING
