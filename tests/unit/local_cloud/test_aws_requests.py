"""RunTask's parameters, sizes, client tokens and the task's document: pure parts of the local Fargate."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Network
from typing import Any

import pytest

from local_cloud.aws.fargate.capacity import share_out
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.refusals import RefusedError
from local_cloud.aws.fargate.request import accept
from local_cloud.aws.fargate.sizes import MEMORY_MB_BY_CPU, cpu_units, is_sold, memory_mb
from local_cloud.aws.fargate.tokens import TokenBook, fingerprint_of
from local_cloud.aws.fargate.world import Cluster, Place, Subnet, TaskDefinition

PLACE = Place("123456789012", "us-east-1")
CLUSTER = Cluster(
    arn="arn:aws:ecs:us-east-1:123456789012:cluster/c",
    name="c",
    capacity_providers=("FARGATE", "FARGATE_SPOT"),
)
DEFINITION = TaskDefinition(
    arn="arn:aws:ecs:us-east-1:123456789012:task-definition/f:1",
    family="f",
    revision=1,
    status="ACTIVE",
    network_mode="awsvpc",
    cpu="256",
    memory="512",
    containers=({"name": "report", "image": "i"},),
)
PARAMS: dict[str, Any] = {
    "cluster": "c",
    "taskDefinition": "f:1",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
}
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class SmallWorld:
    """One cluster, one definition, two subnets in two VPCs, one security group."""

    def __init__(self, definition: TaskDefinition = DEFINITION) -> None:
        self.definition = definition

    def cluster(self, place: Place, name: str) -> Cluster | None:
        return CLUSTER if (place, name) == (PLACE, "c") else None

    def task_definition(self, place: Place, reference: str) -> TaskDefinition | None:
        return self.definition if reference == "f:1" else None

    def subnet(self, place: Place, subnet_id: str) -> Subnet | None:
        vpcs = {"subnet-1": "vpc-1", "subnet-2": "vpc-2"}
        vpc = vpcs.get(subnet_id)
        return Subnet(subnet_id, vpc, "us-east-1a", IPv4Network("10.0.0.0/24")) if vpc else None

    def security_group_vpc(self, place: Place, group_id: str) -> str | None:
        return "vpc-2" if group_id == "sg-2" else None

    def secret(self, place: Place, value_from: str) -> str:
        raise NotImplementedError

    def ensure_log_stream(self, place: Place, group: str, stream: str, *, create_group: bool) -> bool:
        raise NotImplementedError

    def append_log(self, place: Place, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        raise NotImplementedError


def refusal(world: SmallWorld, **changes: Any) -> str:
    with pytest.raises(RefusedError) as caught:
        accept({**PARAMS, **changes}, PLACE, world)
    return caught.value.message


def network(*subnets: str, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"awsvpcConfiguration": {"subnets": list(subnets), "securityGroups": list(groups)}}


def test_a_sound_call_is_accepted_with_fargates_defaults() -> None:
    request = accept(PARAMS, PLACE, SmallWorld())
    assert (request.count, request.strategy) == (1, ())
    assert (request.group, request.platform_version) == ("family:f", "1.4.0")


def test_memory_at_task_level_is_enough() -> None:
    assert accept(PARAMS, PLACE, SmallWorld()).memory == "512"


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (replace(DEFINITION, cpu=None), "'cpu' be defined at the task level"),
        (replace(DEFINITION, memory=None), "'memory' be defined at the task level"),
        (replace(DEFINITION, memory="513"), "No Fargate configuration exists"),
        (replace(DEFINITION, network_mode="bridge"), "awsvpc"),
    ],
)
def test_a_definition_that_fargate_cannot_run_is_refused(definition: TaskDefinition, text: str) -> None:
    assert text in refusal(SmallWorld(definition))


def test_subnets_of_two_vpcs_are_refused() -> None:
    text = refusal(SmallWorld(), networkConfiguration=network("subnet-1", "subnet-2"))
    assert "same VPC" in text


def test_a_security_group_of_another_vpc_is_refused() -> None:
    text = refusal(SmallWorld(), networkConfiguration=network("subnet-1", groups=("sg-2",)))
    assert text == "Security group sg-2 does not appear to belong to the same VPC as the input subnets."


def test_overrides_are_measured_in_characters_not_bytes() -> None:
    def overrides(letters: int) -> dict[str, Any]:
        return {"containerOverrides": [{"name": "report", "command": ["é" * letters]}]}

    frame = len(json.dumps(overrides(0), separators=(",", ":")))
    accept({**PARAMS, "overrides": overrides(8192 - frame)}, PLACE, SmallWorld())
    assert "at most 8192" in refusal(SmallWorld(), overrides=overrides(8193 - frame))


@pytest.mark.parametrize(
    ("strategy", "chosen"),
    [
        ([("FARGATE_SPOT", 0, 0)], "FARGATE_SPOT"),
        ([("FARGATE", 0, 1), ("FARGATE_SPOT", 0, 3)], "FARGATE_SPOT"),
        ([("FARGATE", 1, 0), ("FARGATE_SPOT", 0, 3)], "FARGATE"),
    ],
)
def test_one_task_goes_to_the_base_then_to_the_greater_weight(
    strategy: list[tuple[str, int, int]], chosen: str
) -> None:
    request = accept({**PARAMS, "capacityProviderStrategy": items(strategy)}, PLACE, SmallWorld())
    assert share_out(request.strategy, request.count) == [chosen]


def items(strategy: list[tuple[str, int, int]]) -> list[dict[str, Any]]:
    return [{"capacityProvider": name, "base": base, "weight": weight} for name, base, weight in strategy]


@pytest.mark.parametrize(("text", "units"), [("1024", 1024), ("1 vCPU", 1024), (".25 vcpu", 256), ("much", None)])
def test_cpu_is_read_as_ecs_writes_it(text: str, units: int | None) -> None:
    assert cpu_units(text) == units


@pytest.mark.parametrize(("text", "megabytes"), [("512", 512), ("2 GB", 2048), ("0.5GB", 512), ("GB", None)])
def test_memory_is_read_as_ecs_writes_it(text: str, megabytes: int | None) -> None:
    assert memory_mb(text) == megabytes


def test_fargate_sells_the_corners_of_its_table_and_nothing_beside() -> None:
    corners = {cpu: (min(sizes), max(sizes), len(sizes)) for cpu, sizes in MEMORY_MB_BY_CPU.items()}
    assert corners == {
        256: (512, 2048, 3),
        512: (1024, 4096, 4),
        1024: (2048, 8192, 7),
        2048: (4096, 16384, 13),
        4096: (8192, 30720, 23),
        8192: (16384, 61440, 12),
        16384: (32768, 122880, 12),
    }
    assert not is_sold(300, 512)


def make_record(**changes: Any) -> TaskRecord:
    request = accept({**PARAMS, **changes}, PLACE, SmallWorld())
    return TaskRecord(request, "ab" * 16, 1, ["c-1"], NOON)


def test_a_document_is_rendered_anew_after_a_change() -> None:
    record = make_record(tags=[{"key": "k", "value": "v"}])
    before = json.loads(record.to_json())
    record.change("RUNNING", at={"startedAt": NOON})
    after = json.loads(record.to_json())
    assert (before["lastStatus"], after["lastStatus"]) == ("PROVISIONING", "RUNNING")
    assert after["version"] == before["version"] + 1
    assert after["startedAt"] == NOON.timestamp()
    assert json.loads(record.to_json(with_tags=False))["tags"] == []


def test_the_first_wish_to_stop_stays() -> None:
    record = make_record()
    assert record.want_stopped("UserInitiated", "first", NOON)
    assert not record.want_stopped("EssentialContainerExited", "second", NOON)
    assert (record.get("stopCode"), record.get("stoppedReason")) == ("UserInitiated", "first")


def test_every_address_of_a_subnet_lies_in_it_and_none_is_reserved() -> None:
    subnet = Subnet("s", "v", "a", IPv4Network("10.0.0.0/28"))
    addresses = {subnet.address_for(f"{number:08x}" + "0" * 24) for number in range(100)}
    assert addresses == {f"10.0.0.{host}" for host in range(4, 15)}


KEY = (CLUSTER.arn, "t")


@pytest.fixture
def book_with() -> Callable[[TaskRecord], TokenBook]:
    def make(record: TaskRecord) -> TokenBook:
        book = TokenBook()
        book.remember(KEY, "f", "answer", (record,), NOON)
        return book

    return make


def test_a_token_of_a_running_task_lives_24_hours(book_with: Callable[[TaskRecord], TokenBook]) -> None:
    book = book_with(make_record())
    assert book.replay(*KEY, "f", NOON + timedelta(hours=23, minutes=59)) == "answer"
    assert book.replay(*KEY, "f", NOON + timedelta(hours=24)) is None


def test_a_token_lives_one_hour_beyond_its_task(book_with: Callable[[TaskRecord], TokenBook]) -> None:
    record = make_record()
    book = book_with(record)
    record.finish(NOON + timedelta(minutes=5))
    assert book.replay(*KEY, "f", NOON + timedelta(minutes=64)) == "answer"
    assert book.replay(*KEY, "f", NOON + timedelta(minutes=65)) is None


def test_other_parameters_conflict_with_the_tasks_that_exist(
    book_with: Callable[[TaskRecord], TokenBook],
) -> None:
    record = make_record()
    with pytest.raises(RefusedError) as caught:
        book_with(record).replay(*KEY, "g", NOON)
    assert (caught.value.code, caught.value.resource_ids) == ("ConflictException", (record.arn,))


def test_the_token_is_no_part_of_what_is_compared() -> None:
    assert fingerprint_of({"a": 1, "clientToken": "x"}) == fingerprint_of({"clientToken": "y", "a": 1})
    assert fingerprint_of({"a": 1}) != fingerprint_of({"a": 2})
