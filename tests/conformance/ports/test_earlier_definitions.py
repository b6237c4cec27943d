"""Report definitions of an earlier version: read word by word, asked for, launched, and understood by the container."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from pydantic import BaseModel

from contract.definition import canonical, digest_of, parse_definition
from contract.report import Cadence, ParameterSpec, Query, ReportDefinition, ReportFormat
from contract.request import effective_definition, kept_options
from contract.resources import Capacity, Resources
from contract.task_spec import SPEC_ENV, SPEC_URI_ENV
from executor.core import launch
from executor.core.transitions import RANK
from executor.ports import Unreadable
from runner.settings import read_task_spec
from tests.conformance.ports.stores import SnowflakeQueue
from tests.conformance.ports.test_versions_side_by_side import EARLIER, ask

THEN: Final = json.loads((EARLIER / "definitions.json").read_text(encoding="utf-8"))
STORED: Final[dict[str, dict[str, Any]]] = THEN["stored"]
MODELS: Final[dict[str, type[BaseModel]]] = {
    "definition": ReportDefinition,
    "parameters": ParameterSpec,
    "queries": Query,
    "resources": Resources,
}
PROFILE: Final = launch.LaunchProfile(
    cluster="reporting", task_definition="reporting-runner:7", container="runner", subnets=("subnet-1",)
)


@pytest.mark.parametrize("name", STORED)
def test_p20_an_earlier_definition_is_read_word_by_word_and_is_the_same_version(name: str) -> None:
    read = ReportDefinition.model_validate(STORED[name])
    # What was left out because it was the default must still be that; its digest makes it known again.
    assert json.loads(canonical(read)) == STORED[name]
    assert digest_of(canonical(read)) == digest_of(json.dumps(STORED[name], sort_keys=True))


@pytest.mark.parametrize("model", MODELS.values())
def test_p20_what_an_earlier_definition_left_out_still_means_the_same(model: type[BaseModel]) -> None:
    for name, meant in THEN["knows"]["defaults"][model.__name__].items():
        default = model.model_fields[name].get_default(call_default_factory=True)
        assert json.loads(json.dumps(default, default=_plain)) == meant, name


def _plain(value: object) -> object:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else str(value)


@pytest.mark.parametrize("part", MODELS)
def test_p20_every_word_since_then_may_be_left_out_and_then_the_earlier_version_reads_the_definition(part: str) -> None:
    fields = {field.alias or name: field for name, field in MODELS[part].model_fields.items()}
    assert fields.keys() >= set(THEN["knows"][part])
    assert not [name for name in fields.keys() - set(THEN["knows"][part]) if fields[name].is_required()]
    # Nothing is stored that its author did not say, so the words of then stay the words of then.
    said = json.loads(canonical(parse_definition(STORED["EVERYTHING"])))
    places = {"definition": [said], "parameters": said["parameters"].values(), "queries": said["queries"]}
    assert all(each.keys() <= set(THEN["knows"][part]) for each in places.get(part, [said["resources"]]))


@pytest.mark.parametrize(("kind", "values"), [("formats", ReportFormat), ("cadence", Cadence), ("capacity", Capacity)])
def test_p20_every_value_of_then_is_one_still(kind: str, values: type[ReportFormat | Cadence | Capacity]) -> None:
    assert set(THEN["knows"][kind]) <= {str(value) for value in values}


@pytest.fixture
def queue(snowflake_queue: SnowflakeQueue) -> Iterator[SnowflakeQueue]:
    snowflake_queue.empty()
    yield snowflake_queue
    snowflake_queue.sql("DELETE FROM report_types WHERE STARTSWITH(report_type, 'THEN_')")
    snowflake_queue.empty()


def installed(queue: SnowflakeQueue, name: str, definition: dict[str, Any]) -> None:
    queue.sql(
        "INSERT INTO report_types (report_type, version, definition, digest, defined_at) "
        "SELECT ?, 1, PARSE_JSON(?), 'then', SYSDATE()",
        name,
        json.dumps(definition),
    )


def test_p20_installed_earlier_definitions_are_asked_for_launched_and_read_by_the_container(
    queue: SnowflakeQueue,
) -> None:
    params = {"EVERYTHING": "{'since': '2026-01-01', 'until': '2026-01-31', 'top': 7}"}
    for name, definition in STORED.items():
        installed(queue, f"THEN_{name}", definition | {"enabled": True})
        ask(queue, f"generate_report('THEN_{name}', {params.get(name, '{}')}, {{'timeout_s': 77}})")

    specs = asyncio.run(_orders(queue))
    assert specs.keys() == {f"THEN_{name}" for name in STORED}
    for name, order in specs.items():
        spec = read_task_spec({SPEC_ENV: order}, lambda bucket, key: f"{bucket}/{key}")
        then = STORED[name.removeprefix("THEN_")] | {"enabled": True, "timeout_s": 77}
        # The executor keeps to itself what is decided before the container is there.
        kept = {key: value for key, value in then.items() if key not in {"capacity", "max_running", "enabled"}}
        assert json.loads(canonical(spec.definition)) == kept
    assert json.loads(specs["THEN_EVERYTHING"])["params"]["top"] == 7


async def _orders(queue: SnowflakeQueue) -> dict[str, str]:
    """What the container of each waiting job is told, by its report type."""
    store = queue.store
    leader = await store.leader()
    assert leader is not None
    fence = await store.take_fence(leader.fence, "of today")
    assert fence is not None
    await store.claim(fence, "then", 100)
    jobs = await store.claimed("then")
    found = await store.definitions([(job.report_type, job.report_version) for job in jobs])
    orders = {}
    for job in jobs:
        definition = found[job.report_type, job.report_version]
        assert isinstance(definition, ReportDefinition)
        spec = launch.task_spec(job, "ports", "reports-bucket", definition)
        assert spec.definition == effective_definition(definition, kept_options(job.options))
        claimed = replace(job, attempt=1, status_rank=RANK[job.status])
        sent = launch.order(launch.intend(claimed, "ports", PROFILE, "FARGATE", spec), PROFILE, spec)
        environment = sent.run_task["overrides"]["containerOverrides"][0]["environment"]
        assert environment[0]["name"] in {SPEC_ENV, SPEC_URI_ENV}
        orders[job.report_type] = sent.spec_json
    return orders


def test_p20_what_a_newer_version_says_in_unknown_words_is_told_by_its_path_and_nothing_else_suffers(
    queue: SnowflakeQueue,
) -> None:
    plain = STORED["SALES_REPORT"]
    installed(queue, "THEN_NEWER", plain | {"formats": ["hologram"], "cadence": "hourly", "aroma": "coffee"})
    installed(queue, "THEN_MORE", plain | {"aroma": {"of": "coffee"}})
    found = asyncio.run(queue.store.definitions([("THEN_NEWER", 1), ("THEN_MORE", 1), ("THEN_NONE", 1)]))
    unreadable = found["THEN_NEWER", 1]
    assert isinstance(unreadable, Unreadable)
    assert "definition.formats[0]: 'hologram' is not one of 'csv'" in unreadable.says
    assert "definition.cadence: 'hourly'" in unreadable.says
    assert found["THEN_MORE", 1] == ReportDefinition.model_validate(plain)
    assert found.keys() == {("THEN_NEWER", 1), ("THEN_MORE", 1)}
