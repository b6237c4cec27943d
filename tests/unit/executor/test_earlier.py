"""What is taken for a part of the earlier design, from what Snowflake shows."""

from typing import Any, cast

import pytest
from snowflake.connector import SnowflakeConnection

from executor.deploy import earlier
from executor.settings import ObjectNames

OWN = {"catalog_name": "ANALYTICS_PLATFORM", "schema_name": "REPORTING"}


def row(name: str, arguments: str = "", uses: str = "", **place: str) -> dict[str, Any]:
    place = place or {"catalog_name": "OLD", "schema_name": "PUBLIC"}
    return {
        "name": name,
        "arguments": f"{name}{arguments} RETURN VARIANT",
        "external_access_integrations": uses,
        **place,
    }


def found(monkeypatch: pytest.MonkeyPatch, *patterns: str, **shown: list[dict[str, Any]]) -> list[str]:
    monkeypatch.setattr(earlier, "_rows", lambda _connection, statement: shown.get(statement, []))
    connection = cast(SnowflakeConnection, object())
    return [f"{one.kind} {one.name}" for one in earlier.find(connection, ObjectNames(), [*earlier.PATTERNS, *patterns])]


def test_our_own_procedures_are_not_the_earlier_ones_but_functions_beside_them_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "CHECK_ECS_JOB_STATUS"
    ours, function = row(name, "(VARCHAR)", **OWN), row(name, "(VARCHAR, DEFAULT NUMBER)", **OWN)
    assert found(monkeypatch, show_procedures=[ours, row(name, "(DATE)")], show_user_functions=[function]) == [
        f'FUNCTION "ANALYTICS_PLATFORM"."REPORTING"."{name}"(VARCHAR, NUMBER)',
        f'PROCEDURE "OLD"."PUBLIC"."{name}"(DATE)',
    ]


def test_an_integration_goes_with_what_alone_uses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = row("GENERATE_REPORT_VIA_ECS", "()", "[ONLY_OLD, SHARED]")
    other = row("SOMETHING_ELSE", "()", "[SHARED]")
    integrations = [{"name": "ONLY_OLD"}, {"name": "SHARED"}, {"name": "OF_OTHERS"}]
    secrets = [{"name": "ONLY_OLD", "database_name": "D", "schema_name": "S"}]
    told = found(
        monkeypatch,
        show_user_functions=[asked, other],
        show_external_access_integrations=integrations,
        show_secrets=secrets,
    )
    assert told == ['FUNCTION "OLD"."PUBLIC"."GENERATE_REPORT_VIA_ECS"()', 'EXTERNAL ACCESS INTEGRATION "ONLY_OLD"']


def test_a_function_that_is_shown_twice_is_found_once(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = [row("GENERATE_SALES_REPORT_ECS", "(DATE)")]
    assert len(found(monkeypatch, show_user_functions=twice, show_external_functions=twice)) == 1


def test_a_star_stands_for_any_characters_and_nothing_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = [{"name": name, "database_name": "D", "schema_name": 'a"b'} for name in ("HTTP_X", "XHTTP_X", "HTTP.X")]
    assert found(monkeypatch, "http_*", show_network_rules=rules) == ['NETWORK RULE "D"."a""b"."HTTP_X"']
