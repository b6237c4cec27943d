"""Who writes to the intake rings, where there is a bell; both sides mean the same by it."""

import json
from typing import Any

import pytest
from snowflake.snowpark.exceptions import SnowparkSQLException

from executor.core.hints import Doorbell, read
from snowpark_procs import commands, doorbell, enqueue
from tests.unit.procs.conftest import Database

BELL = [{"doorbell": "REPORTS_DOORBELL", "operators": None, "operators_by_mail": None}]


def sent(database: Database) -> list[dict[str, Any]]:
    return [values for name, values in database.asked if name == "send_notification"]


def test_an_order_rings_after_it_is_written_and_the_executor_knows_the_message(database: Database) -> None:
    database.answers |= {"bells": BELL, "insert_command": [], "send_notification": []}
    commands.pause_reports(database.session, None)
    assert [name for name, _ in database.asked] == ["insert_command", "bells", "send_notification"]
    ((message, target),) = ((one["message"], one["target"]) for one in sent(database))
    assert json.loads(target) == {"REPORTS_DOORBELL": {}}
    ((kind, body),) = json.loads(message).items()
    assert (kind, read(body)) == ("application/json", Doorbell())
    assert read(json.dumps({"Type": "Notification", "Message": body})) == Doorbell()


def test_nobody_rings_for_nothing_or_without_a_bell(database: Database) -> None:
    database.answers["bells"] = BELL
    enqueue.insert(database.session, [])
    assert database.asked == []
    database.answers = {"bells": [BELL[0] | {"doorbell": None}], "insert_command": []}
    commands.pause_reports(database.session, None)
    assert sent(database) == []


def test_a_bell_that_cannot_be_rung_costs_nothing_but_a_line_of_the_log(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(**_: object) -> list[dict[str, Any]]:
        raise SnowparkSQLException("Integration does not exist")

    database.answers = {"bells": BELL, "send_notification": refuse}
    doorbell.ring(database.session)
    assert "was not rung" in caplog.text
