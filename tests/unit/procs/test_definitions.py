"""Report types defined and dropped: versions that others make at the same time, numbers of a VARIANT, any input."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract.definition import canonical, digest_of, parse_definition
from contract.refusal import RefusedError
from snowpark_procs import handlers
from snowpark_procs.definitions import VERSION_TRIES
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import NOW, stored

DOCUMENT = {"title": "Orders", "queries": [{"name": "one", "sql": "SELECT :top AS a"}]} | {
    "parameters": {"top": {"type": "number", "default": 5}}
}
DIGEST = digest_of(canonical(parse_definition(DOCUMENT)))


@pytest.fixture
def filled(database: Database) -> Database:
    database.answers = {
        "now": [{"now": NOW}],
        "newest_version": [],
        "kept_version": [{"version": 1}],
        "add_report_version": [{"number of rows inserted": 1}],
        "call_compile_queries": lambda queries: [
            {"answer": json.dumps([{"columns": ["A"]} for _ in json.loads(queries)])}
        ],
        "report_type": lambda report_type: [stored("SALES_REPORT")] if report_type == "SALES_REPORT" else [],
        "report_types": [stored("SALES_REPORT")],
    }
    return database


def added(database: Database) -> list[dict[str, Any]]:
    return [values for name, values in database.asked if name == "add_report_version"]


def test_a_time_zone_that_there_is_not_is_told_beside_all_else(filled: Database) -> None:
    with pytest.raises(RefusedError) as refused:
        handlers.define_report(
            filled.session, "MINE", DOCUMENT | {"time_zone": "Berlin", "due": "05:00", "timeout_s": 5}
        )
    assert {problem.field for problem in refused.value.problems} == {
        "definition.time_zone",
        "definition.due",
        "definition.timeout_s",
    }


def test_p20_a_type_that_cannot_be_read_is_told_by_its_name_and_keeps_no_other_from_being_made(
    filled: Database,
) -> None:
    newer = {
        "report_type": "NEWER",
        "version": 4,
        "definition": '{"title": "Newer", "queries": [], "formats": ["hologram"]}',
    }
    filled.answers |= {"report_type": [newer], "report_types": [newer, stored("SALES_REPORT", cadence="daily")]}
    filled.answers |= {"installation": [{"installation": "prod", "bucket": "files"}], "known_jobs": []}
    filled.answers |= {"today_in": [], "holidays": [], "insert_intake": []}
    with pytest.raises(RefusedError) as refused:
        handlers.generate_report(filled.session, "NEWER", {}, {})
    assert "report_type: version 4 of NEWER cannot be read by this version: definition.formats[0]" in str(refused.value)
    assert "deploy the version of the product that defined it" in str(refused.value)
    made = handlers.generate_daily_reports(filled.session, None)
    assert [job["report_type"] for job in made["jobs"]] == ["SALES_REPORT"]


def test_a_version_that_somebody_else_made_meanwhile_is_tried_again(filled: Database) -> None:
    answers = [0, 1]
    filled.answers["add_report_version"] = lambda **_: [{"number of rows inserted": answers.pop(0)}]
    assert handlers.define_report(filled.session, "orders", DOCUMENT)["changed"]
    assert len(added(filled)) == 2


def test_a_type_that_others_define_all_the_time_is_refused_in_the_end(filled: Database) -> None:
    filled.answers["add_report_version"] = [{"number of rows inserted": 0}]
    with pytest.raises(RefusedError, match="report_type: ORDERS is being defined by others at this moment; call again"):
        handlers.define_report(filled.session, "ORDERS", DOCUMENT)
    assert len(added(filled)) == VERSION_TRIES


@pytest.mark.parametrize(("dropped", "changed"), [(False, False), (True, True)])
def test_the_newest_version_is_not_added_again_unless_it_was_dropped(
    filled: Database, *, dropped: bool, changed: bool
) -> None:
    filled.answers["newest_version"] = [newest(DOCUMENT, dropped=dropped)]
    told = handlers.define_report(filled.session, "ORDERS", DOCUMENT)
    assert (told["changed"], told["changes"]) == (changed, ["it was dropped, and is in use again"] if dropped else [])
    assert len(added(filled)) == changed


def newest(document: dict[str, Any], *, dropped: bool = False) -> dict[str, Any]:
    text = canonical(parse_definition(document))
    return {"version": 4, "digest": digest_of(text), "dropped": dropped, "definition": text}


def test_a_definition_that_takes_away_what_the_one_before_had_says_so(filled: Database) -> None:
    before = DOCUMENT | {"cadence": "daily", "due": "07:00", "formats": ["csv", "xlsx"]}
    filled.answers["newest_version"] = [newest(before)]
    told = handlers.define_report(filled.session, "ORDERS", DOCUMENT | {"priority": 70})
    assert told["changes"] == [
        "cadence: 'daily' before, not given now",
        "due: '07:00' before, not given now",
        "formats: ['csv', 'xlsx'] before, not given now",
        "priority: not given before, 70 now",
    ]


def test_a_definition_before_that_nobody_can_read_any_more_stops_no_new_one(filled: Database) -> None:
    unreadable = {"version": 4, "digest": "-", "dropped": False, "definition": '{"cadence": "hourly"}'}
    filled.answers["newest_version"] = [unreadable]
    told = handlers.define_report(filled.session, "ORDERS", DOCUMENT)
    assert told["changes"] == ["the definition before cannot be read by this version"]


def test_numbers_that_a_variant_hands_over_as_texts_are_numbers(filled: Database) -> None:
    spec = {"type": "number", "default": "0.5", "enum": ["0.5", "1"], "minimum": "0.25"}
    handlers.define_report(filled.session, "ORDERS", DOCUMENT | {"parameters": {"top": spec}})
    kept = json.loads(added(filled)[0]["definition"])["parameters"]["top"]
    assert (kept["default"], kept["enum"], kept["minimum"]) == (0.5, [0.5, 1], 0.25)
    (asked,) = [values for name, values in filled.asked if name == "call_compile_queries"]
    assert json.loads(asked["queries"]) == [{"sql": "SELECT ? AS a", "values": [0.5]}]


def test_a_dropped_type_keeps_its_definition_switched_off_for_who_does_not_know_of_dropping(filled: Database) -> None:
    assert handlers.drop_report(filled.session, "sales_report")["report_type"] == "SALES_REPORT"
    (values,) = added(filled)
    assert values["dropped"] is True
    assert json.loads(values["definition"])["enabled"] is False


def test_a_type_that_was_dropped_is_refused_with_the_day_and_the_way_back(filled: Database) -> None:
    filled.answers["dropped_types"] = [{"report_type": "ORDERS", "dropped_on": "2026-11-20"}]
    says = r"ORDERS was dropped on 2026-11-20 \(UTC\); define_report brings it back"
    with pytest.raises(RefusedError, match=f"^report_type: {says}"):
        handlers.generate_report(filled.session, "orders", {}, {})
    with pytest.raises(RefusedError, match=f"^report_type: {says}"):
        handlers.drop_report(filled.session, "orders")
    with pytest.raises(RefusedError, match=rf"requests\[0\]\.report_type: {says}"):
        handlers.generate_reports(filled.session, [{"report_type": "orders"}])


_leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10)
_keys = st.sampled_from(["title", "queries", "name", "sql", "parameters", "type", "default", "sections"])
_json = st.recursive(_leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=4))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.sampled_from(["SALES_REPORT", "a'; DROP TABLE t; --"]) | _leaves, _json | st.just(DOCUMENT))
def test_p22_whatever_is_given_is_accepted_or_refused_by_its_name(
    filled: Database, report_type: Any, definition: Any
) -> None:
    calls: list[Callable[[], dict[str, Any]]] = [
        lambda: handlers.define_report(filled.session, report_type, definition),
        lambda: handlers.drop_report(filled.session, report_type),
    ]
    for call in calls:
        told = []
        try:
            told = [str(call()["report_type"])]
        except RefusedError as refused:
            told = [problem.field for problem in refused.problems]
        assert told


@pytest.mark.parametrize("owner", ["SYSADMIN", None])
def test_nothing_is_compiled_with_other_rights_than_the_containers(database: Database, owner: str | None) -> None:
    database.answers["current_role"] = [{"current_role": owner}]
    orders = json.dumps([{"sql": "SELECT 1 AS n", "values": []}])
    with pytest.raises(RefusedError, match=f"compile_queries: has the rights of {owner} instead of REPORT_RUNNER"):
        handlers.compile_queries(database.session, orders)
    database.answers["current_role"] = [{"current_role": "REPORT_RUNNER"}]
    assert handlers.compile_queries(database.session, "[]") == []
