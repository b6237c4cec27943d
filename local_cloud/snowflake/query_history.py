"""The statements of late, as TABLE(INFORMATION_SCHEMA.QUERY_HISTORY()) tells them."""

import datetime as dt
import sys
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from snowflake.connector.errors import Error

from local_cloud.snowflake.sql_text import head

if TYPE_CHECKING:
    from local_cloud.snowflake.session import Session

_KEPT: Final = 2_000
_KEPT_CHARACTERS: Final = 4_000


@dataclass
class Asked:
    """One statement; `ended_at` is None while it runs."""

    query_id: str
    text: str
    database: str | None
    schema: str | None
    session_id: str
    user: str
    role: str
    warehouse: str | None
    tag: str
    started_at: dt.datetime
    status: str = "RUNNING"
    error_code: str | None = None
    error_message: str | None = None
    ended_at: dt.datetime | None = None
    rows: int | None = None

    @property
    def query_type(self) -> str:
        """SELECT, INSERT, CREATE_TABLE and the like, from the statement's first words."""
        words = head(self.text, 4).replace("OR REPLACE ", "").split()
        two = words[:1] and words[0] in {"CREATE", "DROP", "ALTER"}
        return "_".join(words[: 2 if two else 1]).replace("WITH", "SELECT")


class QueryHistory:
    """The newest statements; `now_s` is the clock, in seconds since 1970."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """Nothing was asked yet."""
        self._now_s = now_s
        self._asked: deque[Asked] = deque(maxlen=_KEPT)

    @contextmanager
    def noted(self, session: "Session", sql: str, query_id: str) -> Iterator[Asked]:
        """Keep a statement from its start to its end; the caller tells its rows."""
        asked = Asked(
            query_id,
            sys.intern(sql[:_KEPT_CHARACTERS]),  # clients repeat their statements, and each request brings its own copy
            session.database,
            session.schema if session.schema_set else None,
            session.session_id,
            session.login.user,
            session.role,
            session.warehouse,
            str(session.parameters["QUERY_TAG"]),
            self._now(),
        )
        self._asked.append(asked)
        try:
            yield asked
            asked.status = "SUCCESS"
        except BaseException as error:
            asked.status = "FAILED_WITH_ERROR"
            if isinstance(error, Error):
                asked.error_code, asked.error_message = str(error.errno or ""), str(error.raw_msg or error.msg)
            raise
        finally:
            asked.ended_at = self._now()

    def newest(self) -> list[Asked]:
        """Everything that is kept, newest first."""
        return list(reversed(list(self._asked)))

    def _now(self) -> dt.datetime:
        return dt.datetime.fromtimestamp(self._now_s(), tz=dt.UTC)
