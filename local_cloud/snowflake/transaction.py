"""An explicit transaction that outlives its failed statements.

Snowflake undoes a failed statement and goes on with the transaction; DuckDB abandons the whole of it and
answers a later COMMIT as if it had worked. So every write is noted as sent to the engine, and after a failure
the transaction is opened anew and the notes are played again. The tables written by UPDATE, DELETE and MERGE
stay locked meanwhile, so the replay meets what the first time met. What would not come out the same (random
numbers, new UUIDs) is not replayed: the transaction is doomed and its COMMIT fails.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import duckdb

from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.errors import failure

_UNREPEATABLE: Final = re.compile(r"\b(uuid|gen_random_uuid|random|setseed|nextval)\s*\(", re.IGNORECASE)
_MOST_NOTES: Final = 2_000


@dataclass
class Transaction:
    """One open transaction; `depth` is the CALL nesting that began it."""

    depth: int
    id: int = field(default_factory=now_ns)
    notes: list[tuple[str, Sequence[Any] | dict[str, Any] | None]] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)
    doomed: str = ""
    lasting: str = ""

    def note(self, sql: str, params: Sequence[Any] | dict[str, Any] | None) -> None:
        """Remember a write that worked."""
        if _UNREPEATABLE.search(sql):
            self.lasting = "it wrote random values, which a replay would change"
        elif len(self.notes) >= _MOST_NOTES:
            self.lasting = f"it has more than {_MOST_NOTES} writes"
        else:
            self.notes.append((sql, params))

    def recover(self, engine: duckdb.DuckDBPyConnection) -> None:
        """Go on after a failed statement; whatever cannot be restored dooms the transaction."""
        if not _is_abandoned(engine):
            return
        engine.rollback()
        engine.begin()
        if self.lasting:
            self.doomed = self.lasting
            return
        try:
            for sql, params in self.notes:
                engine.execute(sql, params)
        except duckdb.Error as error:
            self.doomed = f"its earlier statements no longer apply ({error})"

    def refuse_if_doomed(self) -> None:
        """Raise instead of pretending that a lost transaction goes on.

        Raises:
            ProgrammingError: 000002 once the transaction could not be restored after a failed statement.
        """
        if self.doomed:
            text = (
                "not supported by the local cloud: this transaction could not go on after a failed statement, "
                f"because {self.doomed}; nothing of it is kept. Say ROLLBACK and begin again."
            )
            raise failure(2, "0A000", text)


def _is_abandoned(engine: duckdb.DuckDBPyConnection) -> bool:
    try:
        engine.execute("SELECT 1").fetchall()
    except duckdb.TransactionException:
        return True
    return False
