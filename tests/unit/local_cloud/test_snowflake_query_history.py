"""What is kept of the statements of late weighs what differs between them."""

from types import SimpleNamespace
from typing import Any

from local_cloud.snowflake.query_history import QueryHistory

SESSION: Any = SimpleNamespace(
    database="D",
    schema="S",
    schema_set=True,
    session_id="1",
    login=SimpleNamespace(user="U"),
    role="R",
    warehouse="W",
    parameters={"QUERY_TAG": ""},
)


def test_a_text_that_is_sent_again_is_kept_once() -> None:
    history = QueryHistory(lambda: 0.0)
    for number in range(3):
        with history.noted(SESSION, "SELECT " + "1 + " * 2_000 + "1", str(number)):
            pass
    first, *others = history.newest()
    assert all(other.text is first.text for other in others)
