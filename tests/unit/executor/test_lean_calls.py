"""Calls that cost less are the calls that the SDK makes: the same bytes, to the same places, signed alike."""

import asyncio
import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from aiobotocore.config import AioConfig
from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import get_session
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials
from botocore.exceptions import ConnectionClosedError

from executor.adapters.lean_aws import lean
from executor.adapters.lean_calls import _Emitter, _S3Signature, _Signature, frugal_session, remember_places

BUCKET = {"Bucket": "reports"}
TASK = {"name": "report", "environment": [{"name": "REPORTING_TASK_SPEC", "value": '{"title": "Überblick"}'}]}
ORDER = {"cluster": "reporting", "taskDefinition": "job:3", "overrides": {"containerOverrides": [TASK]}}
CALLS: Mapping[str, tuple[str, str, Mapping[str, Any]]] = {
    "a launch": ("ecs", "run_task", ORDER),
    "a look": ("ecs", "describe_tasks", {"cluster": "reporting", "tasks": ["arn:aws:ecs:us-east-1:1:task/c/0"]}),
    "a file": ("s3", "get_object", {**BUCKET, "Key": "reports/SALES/2026-03-01/job/1/manifest.json"}),
    "a file of a strange name": ("s3", "get_object", {**BUCKET, "Key": "reports/ä b//..=&?+~.csv"}),
    "what S3 says of a file": ("s3", "head_object", {**BUCKET, "Key": "a/top.csv", "ChecksumMode": "ENABLED"}),
    "a file to keep": ("s3", "put_object", {**BUCKET, "Key": "control/lease", "Body": b"{}", "IfNoneMatch": "*"}),
    "lines of a log": ("logs", "get_log_events", {"logGroupName": "/reporting", "logStreamName": "report/report/0"}),
    "hints": (
        "sqs",
        "receive_message",
        {"QueueUrl": "https://sqs.eu-central-1.amazonaws.com/1/h", "WaitTimeSeconds": 9},
    ),
}
LEAN = lean(get_session()).get_component("data_loader")
"""Descriptions that all these sessions share, because reading them takes longest."""
OWN = {"v4": auth.SigV4Auth, "s3v4": auth.S3SigV4Auth}


@pytest.fixture(autouse=True)
def the_same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "get_current_datetime", lambda *_any: datetime(2026, 3, 1, 4, 5, 6, tzinfo=UTC))
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=7))
    for name, signer in OWN.items():  # what a session of ours puts in their place is undone after the test
        monkeypatch.setitem(auth.AUTH_TYPE_MAPS, name, signer)


async def sent(session: Any, service: str, *calls: tuple[str, Mapping[str, Any]]) -> list[Any]:
    """What would go out, byte for byte; nothing does."""
    found: list[Any] = []

    async def keep(request: Any, **_more: Any) -> None:
        body = await request.body.read() if hasattr(request.body, "read") else request.body
        found.append((request.method, request.url, {**request.headers}, body))
        raise ConnectionClosedError(endpoint_url=request.url)

    session.register_component("data_loader", LEAN)
    session.set_credentials("AKIDEXAMPLE", "secret", "token")
    once = AioConfig(retries={"total_max_attempts": 1})
    made: Any = session.create_client(service, region_name="eu-central-1", config=once)
    async with made as client:
        if isinstance(session.get_component("event_emitter"), _Emitter):
            remember_places(client)
        client.meta.events.register_last(f"before-send.{service}", keep)
        for method, given in calls:
            with suppress(ConnectionClosedError):
                await getattr(client, method)(**given)
    return found


@pytest.mark.parametrize("what", CALLS)
async def test_what_is_sent_is_what_the_sdk_sends_also_the_second_time(what: str) -> None:
    service, method, given = CALLS[what]
    twice = [(method, given), (method, given)]
    theirs = await sent(get_session(), service, *twice)
    ours = await sent(frugal_session(), service, *twice)
    assert auth.AUTH_TYPE_MAPS["v4"] is _Signature
    assert ours == theirs
    assert len(ours) == 2


async def test_another_file_goes_to_the_same_place_under_its_own_name() -> None:
    calls = [
        ("get_object", {"Bucket": bucket, "Key": key}) for bucket, key in (("b", "one"), ("b", "two"), ("c", "one"))
    ]
    theirs = await sent(get_session(), "s3", *calls)
    ours = await sent(frugal_session(), "s3", *calls)
    assert [url for _, url, _, _ in ours] == [url for _, url, _, _ in theirs]
    assert len({url for _, url, _, _ in ours}) == 3


async def test_a_bucket_that_turns_out_to_be_elsewhere_is_asked_there() -> None:
    urls = []
    session = frugal_session()
    session.register_component("data_loader", LEAN)
    session.set_credentials("AKIDEXAMPLE", "secret")
    made: Any = session.create_client("s3", region_name="eu-central-1")
    async with made as client:
        remember_places(client)
        places, operation = client._ruleset_resolver, client.meta.service_model.operation_model("GetObject")
        for region in (None, "eu-west-1"):
            if region is not None:
                client.meta.events.register(
                    "before-endpoint-resolution.s3",
                    lambda builtins, **_more: builtins.update({"AWS::Region": "eu-west-1"}),
                )
            found = await places.construct_endpoint(operation, {**BUCKET, "Key": "k"}, {})
            urls.append(found.url)
    assert ["eu-central-1" in urls[0], "eu-west-1" in urls[1]] == [True, True]


@pytest.mark.parametrize("service", ["ecs", "s3", "logs", "sqs"])
def test_no_rule_of_a_place_looks_at_the_name_of_the_object(service: str) -> None:
    rules = LEAN.load_service_model(service, "endpoint-rule-set-1")
    assert '{"ref": "Key"}' not in json.dumps(rules["rules"])


@pytest.mark.parametrize(("theirs", "ours"), [(auth.SigV4Auth, _Signature), (auth.S3SigV4Auth, _S3Signature)])
@pytest.mark.parametrize("url", ["http://127.0.0.1:4566/b/a%20b/../c?x=1&a=&a=0", "https://s3.amazonaws.com:443/k"])
def test_a_signature_is_the_same_whatever_the_headers_look_like(theirs: Any, ours: Any, url: str) -> None:
    signed = []
    for signer in (theirs, ours):
        request = AWSRequest("PUT", url, data=b"text")
        request.headers["X-Amz-Meta-Note"] = "two   words "
        request.headers["x-amz-meta-note"] = "and again"
        request.headers["User-Agent"] = "not signed"
        request.headers["Authorization"] = "of the try before"
        signer(ReadOnlyCredentials("AKIDEXAMPLE", "secret", None), "s3", "eu-central-1").add_auth(request)
        signer(ReadOnlyCredentials("AKIDEXAMPLE", "other", "token"), "s3", "eu-central-1").add_auth(request)
        signed.append(sorted(request.headers.raw_items()))
    assert signed[0] == signed[1]


async def test_handlers_are_heard_as_the_sdk_hears_them() -> None:
    async def later(**_given: Any) -> str:
        return "later"

    def future(**_given: Any) -> Any:
        answer = asyncio.get_running_loop().create_future()
        answer.set_result("of a future")
        return answer

    heard: list[Any] = []
    emitters: tuple[Any, ...] = (AioHierarchicalEmitter(), _Emitter())
    for emitter in emitters:
        for handler in (lambda **_given: None, later, future, lambda **given: given["event_name"]):
            emitter.register("call.ecs", handler)
        whole = [answer for _, answer in await emitter.emit("call.ecs.RunTask")]
        heard.append((whole, (await emitter.emit_until_response("call.ecs"))[1], await emitter.emit("nothing")))
    assert heard[0] == heard[1] == ([None, "later", "of a future", "call.ecs.RunTask"], "later", [])
