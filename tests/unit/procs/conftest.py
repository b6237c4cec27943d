"""A Snowpark session that knows statements by name and answers with rows."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from snowflake.snowpark import Session

Rows = list[dict[str, Any]]
Answer = Rows | Callable[..., Rows]


class Database:
    """Answers of the database, and what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.session = cast(Session, object())

    def run(self, session: Session, name: str, **values: Any) -> Rows:
        assert session is self.session
        self.asked.append((name, values))
        # Nobody is to be told, nothing was dropped, and no container has said anything.
        usual: dict[str, Answer] = {"bells": [], "dropped_types": [], "so_far": []}
        answer = (usual | self.answers)[name]
        return answer if isinstance(answer, list) else answer(**values)


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    found = Database()
    for module in (
        "bulk",
        "commands",
        "compiling",
        "definitions",
        "doorbell",
        "earlier_http",
        "enqueue",
        "links",
        "notices",
        "report_types",
        "scheduled",
        "statements",
        "status",
    ):
        monkeypatch.setattr(f"snowpark_procs.{module}.run", found.run)
    monkeypatch.setattr("snowpark_procs.running.run_at", found.run)
    return found
