"""What we reach into inside moto must be where we left it; each failure names what moved."""

import importlib.metadata
import inspect
import re
from typing import Any

import moto.applicationautoscaling.urls
import moto.backends
import moto.cloudformation.urls
import moto.core.responses
import moto.ec2.utils
import moto.ecs.models
import moto.ecs.responses
import moto.ecs.urls
import moto.events.responses
import moto.events.urls
import moto.iam.models
import moto.iam.urls
import moto.logs.responses
import moto.logs.urls
import moto.moto_api._internal.urls
import moto.moto_server.werkzeug_app
import moto.s3.models
import moto.s3.responses
import moto.s3.urls
import moto.scheduler.models
import moto.scheduler.responses
import moto.scheduler.urls
import pytest
from botocore.loaders import JSONFileLoader
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends
from moto.events.models import events_backends
from moto.logs.models import LogsBackend, logs_backends
from moto.moto_api._internal import mock_random
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from local_cloud.aws import moto_hooks
from local_cloud.aws.moto_ecs import OURS
from local_cloud.aws.s3.keeper import COPIED_FACTS, PUBLIC_ACCESS

ACCOUNT, REGION = "123456789012", "us-east-1"


def names_of(function: Any) -> list[str]:
    return list(inspect.signature(function).parameters)


def test_moto_is_the_version_the_seams_were_cut_for() -> None:
    version = importlib.metadata.version("moto")
    assert version == "5.2.5", f"moto is {version}: check every seam of moto_hooks.py, then pin it anew"


def test_ecs_is_answered_by_one_class_under_one_path() -> None:
    paths = moto.ecs.urls.url_paths
    assert list(paths) == [moto_hooks.ECS_PATH], "moto.ecs.urls.url_paths has other paths than '{0}/$'"
    assert paths[moto_hooks.ECS_PATH].__name__ == "dispatch", "ECS is no longer answered by a `dispatch` method"


def test_logs_are_answered_by_one_class_under_one_path() -> None:
    assert set(moto.logs.urls.url_paths) == {"{0}/$"}, "moto answers Logs under other paths now"
    assert "{0}/$" in moto.cloudformation.urls.url_paths, "moto answers CloudFormation under another path now"


def test_events_and_schedules_are_answered_by_one_class_each() -> None:
    assert set(moto.events.urls.url_paths) == {"{0}/"}, "moto answers EventBridge under other paths now"
    assert set(moto.applicationautoscaling.urls.url_paths) == {"{0}/$"}, "moto answers Auto Scaling under other paths"
    owners = {dispatch.__qualname__ for dispatch in moto.scheduler.urls.url_paths.values()}
    assert len(owners) == 1, f"moto's Scheduler is answered by {owners}"


def test_a_reset_has_the_path_we_wrap() -> None:
    paths = moto.moto_api._internal.urls.url_paths
    assert moto_hooks.RESET_PATH in paths, "moto's reset has moved away from /moto-api/reset"
    assert names_of(paths[moto_hooks.RESET_PATH]) == ["request", "full_url", "headers"], "reset's arguments changed"


def test_the_list_of_modules_is_a_function_looked_up_in_its_module() -> None:
    source = inspect.getsource(moto.moto_server.werkzeug_app.DomainDispatcherApplication)
    assert "backends.list_of_moto_modules()" in source, "the dispatcher no longer asks backends.list_of_moto_modules"


def test_s3_urls_take_the_response_class_from_its_module_when_loaded() -> None:
    url_module: Any = inspect.getattr_static(moto.s3.models.S3Backend, "_url_module")
    source = inspect.getsource(url_module.fget)
    assert "reload" in source, "moto no longer reloads moto.s3.urls: hook its url_paths instead"
    text = inspect.getsource(moto.s3.urls)
    assert "from .responses import S3Response" in text, "moto.s3.urls takes S3Response from elsewhere"


def test_iam_is_answered_by_one_class_and_keeps_policies_by_name() -> None:
    assert list(moto.iam.urls.url_paths) == ["{0}/$"]
    backend = moto.iam.models.iam_backends["999999999999"]["aws"]
    role = backend.create_role("r", "{}", "/", None, "", [], None)
    for one in (role, backend.create_user(REGION, "u")):
        assert (one.policies, one.managed_policies) == ({}, {})


@pytest.mark.parametrize(
    ("owner", "name", "parameters"),
    [
        (moto.s3.responses.S3Response, "_key_response", ["self", "request", "full_url"]),
        (moto.s3.responses.S3Response, "_bucket_response", ["self", "request", "full_url"]),
        (moto.s3.responses.S3Response, "_get_checksum", ["self", "response_headers"]),
        (moto.s3.responses.S3Response, "parse_key_name", ["self"]),
        (moto.s3.models.FakeBucket, "get_permission", ["self", "action", "resource"]),
        (moto.core.responses.BaseResponse, "parse_parameters", ["self", "request"]),
        (moto.core.responses.BaseResponse, "_get_action", ["self"]),
        (JSONFileLoader, "load_file", ["self", "file_path"]),
        (moto.logs.responses.LogsResponse, "filter_log_events", ["self"]),
        (moto.logs.responses.LogsResponse, "get_log_events", ["self"]),
        (moto.logs.responses.LogsResponse, "start_query", ["self"]),
        (moto.logs.responses.LogsResponse, "put_log_events", ["self"]),
        (moto.logs.responses.LogsResponse, "delete_log_group", ["self"]),
        (moto.logs.responses.LogsResponse, "delete_log_stream", ["self"]),
        (moto.events.responses.EventsHandler, "put_rule", ["self"]),
        (moto.scheduler.responses.EventBridgeSchedulerResponse, "create_schedule", ["self"]),
        (moto.scheduler.responses.EventBridgeSchedulerResponse, "update_schedule", ["self"]),
        (moto.scheduler.responses.EventBridgeSchedulerResponse, "delete_schedule", ["self"]),
        (moto.scheduler.responses.EventBridgeSchedulerResponse, "delete_schedule_group", ["self"]),
        (moto.scheduler.models.EventBridgeSchedulerBackend, "get_schedule", ["self", "group_name", "name"]),
        (moto.logs.responses.LogsResponse, "put_retention_policy", ["self"]),
        (moto.ecs.responses.EC2ContainerServiceResponse, "describe_capacity_providers", ["self"]),
        (moto.ecs.responses.EC2ContainerServiceResponse, "start_task", ["self"]),
        (moto.ecs.responses.EC2ContainerServiceResponse, "describe_clusters", ["self"]),
        (moto.ecs.responses.EC2ContainerServiceResponse, "delete_cluster", ["self"]),
        (moto.ecs.responses.EC2ContainerServiceResponse, "register_task_definition", ["self"]),
        (LogsBackend, "ensure_log_stream", ["self", "log_group_name", "log_stream_name"]),
        (LogsBackend, "ensure_log_group", ["self", "log_group_name"]),
    ],
)
def test_a_method_we_override_or_call_is_still_there(owner: Any, name: str, parameters: list[str]) -> None:
    method = getattr(owner, name, None)
    assert method is not None, f"{owner.__module__}.{owner.__name__}.{name} is gone"
    assert names_of(method) == parameters, f"{owner.__module__}.{owner.__name__}.{name} takes other arguments"


@pytest.mark.parametrize(
    "name",
    sorted(re.sub("([a-z])([A-Z])", r"\1_\2", name).lower() for name in OURS),
)
def test_the_operations_we_answer_are_methods_of_the_response_class(name: str) -> None:
    methods = vars(moto.ecs.responses.EC2ContainerServiceResponse)
    assert name in methods, f"ECS's {name} is answered elsewhere"


def test_a_text_answer_goes_out_as_it_is() -> None:
    source = inspect.getsource(moto.core.responses.BaseResponse.call_action)
    assert "isinstance(response, str)" in source, "call_action no longer takes text: our JSON would be serialised"


def test_backends_hold_what_we_ask_them_for() -> None:
    ecs, ec2 = ecs_backends[ACCOUNT][REGION], ec2_backends[ACCOUNT][REGION]
    cluster = ecs.create_cluster("seam")
    definition = ecs.register_task_definition("seam", [{"name": "c", "image": "i", "memory": 1}])
    subnet = next(iter(next(iter(ec2.subnets.values())).values()))
    logs = logs_backends[ACCOUNT][REGION]
    logs.ensure_log_group("seam")
    logs.ensure_log_stream("seam", "seam")
    events = events_backends[ACCOUNT][REGION]
    rule = events.put_rule("seam", event_pattern='{"source": ["seam"]}')
    expected: list[tuple[Any, list[str]]] = [
        (ecs, ["clusters", "task_definitions", "services"]),
        (cluster, ["arn", "name", "status", "capacity_providers", "default_capacity_provider_strategy"]),
        (cluster, ["running_tasks_count", "pending_tasks_count", "active_services_count"]),
        (definition, ["arn", "family", "revision", "status", "network_mode", "cpu", "memory", "tags"]),
        (definition, ["container_definitions", "ephemeral_storage"]),
        (subnet, ["id", "vpc_id", "availability_zone", "cidr_block"]),
        (ec2, ["get_security_group_from_id"]),
        (events.event_buses["default"], ["rules"]),
        (rule, ["state", "targets", "send_to_targets"]),
        (logs.groups["seam"], ["streams", "put_log_events"]),
        (logs.groups["seam"].streams["seam"], ["events"]),
        (secretsmanager_backends[ACCOUNT][REGION], ["get_secret_value"]),
        (ssm_backends[ACCOUNT][REGION], ["get_parameter"]),
    ]
    missing = [
        f"{type(thing).__name__}.{name}" for thing, names in expected for name in names if not hasattr(thing, name)
    ]
    assert not missing, f"moto's objects have lost {missing}"


def test_buckets_and_keys_hold_what_we_keep_of_them() -> None:
    backend = s3_backends[ACCOUNT]["aws"]
    bucket = backend.create_bucket("seam-bucket", REGION)
    bucket.versioning_status = "Enabled"
    key = backend.put_object("seam-bucket", "k", b"x")
    missing = [
        name for name in (*COPIED_FACTS, "_version_id", "last_modified", "storage_class") if not hasattr(key, name)
    ]
    missing += [name for name in ("creation_date", "encryption", "public_access_block") if not hasattr(bucket, name)]
    assert not missing, f"moto's FakeKey or FakeBucket has lost {missing}"
    assert names_of(moto.s3.models.PublicAccessBlock) == list(PUBLIC_ACCESS), "PublicAccessBlock takes other arguments"
    assert bucket.keys["k"] is key, "FakeBucket.keys no longer answers with the newest version"


def test_ids_of_the_default_vpc_come_from_moto_s_own_dice() -> None:
    assert callable(mock_random.seed), "moto.moto_api._internal.mock_random has moved; default_network.py seeds it"
    assert vars(moto.ec2.utils)["random"] is mock_random, "EC2 ids come from other dice than default_network.py seeds"
