"""Which statements can still be asked about: all that run, the newest answers, and for minutes what became of others.

A client whose connection broke repeats its request under the same id. Were a finished request forgotten before the
client gives up, its repeat would run the statement a second time; so its id outlives its rows.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.packed_answers import is_small, packed, unpacked
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.spool import rows_in_memory

if TYPE_CHECKING:
    from local_cloud.snowflake.running import Statement

_MOST_ANSWERS: Final = 256
_MOST_ROWS: Final = 1_000_000
_REMEMBERED_S: Final = 900.0  # longer than any client's patience with one request
_MOST_REMEMBERED: Final = 8_000


class Ended:
    """What is left of a statement whose rows were dropped: its outcome if that is small.

    Thousands of these are kept, and an Arrow table costs the same for a row of it as for none, half a KiB a column.
    So the outcome is packed, and made anew for who asks.
    """

    __slots__ = ("_error", "_packed", "_upload", "lost_answers", "query_id", "user")

    def __init__(self, statement: "Statement") -> None:
        """Keep of a finished statement what weighs nothing."""
        self.query_id = statement.query_id
        self.user = statement.user
        self.lost_answers = statement.lost_answers
        self._error: BaseException | None = None
        self._packed = b""
        self._upload: Mapping[str, Any] | None = None
        if error := statement.done.exception():
            self._error = _without_frames(error)
        elif is_small(result := statement.done.result()):
            self._packed, self._upload = packed(result), result.upload
        else:
            text = f"Result for query {self.query_id} has not been found: it ended well and newer ones took its place"
            self._error = failure(612, "02000", text)

    @property
    def done(self) -> Future[Result]:
        """The outcome, as of a statement that ends."""
        done: Future[Result] = Future()
        if self._error:
            done.set_exception(self._error)
        else:
            answer = unpacked(self._packed)
            done.set_result(replace(answer, query_id=self.query_id, upload=self._upload, user=self.user))
        return done

    def cancel(self) -> bool:
        """There is nothing to stop."""
        return False


class KeptStatements:
    """Statements by query id and by request; `now_s` is a clock that never goes back, in seconds.

    Those that run are never dropped. Of those that ended, 256 keep their answers, a million rows together; of 8,000
    more the outcome is known for 15 minutes.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self._now_s = now_s
        self._guard = threading.Lock()
        self._by_query: dict[str, Statement | Ended] = {}
        self._by_request: dict[tuple[str, str], Statement | Ended] = {}
        self._answers: OrderedDict[str, tuple[Statement, str, int]] = OrderedDict()  # with request id and rows
        self._remembered: OrderedDict[str, tuple[tuple[str, str], float]] = OrderedDict()  # with request and since when

    def __len__(self) -> int:
        """How many are kept, with those that run."""
        return len(self._by_query)

    def of_query(self, user: str, query_id: str) -> "Statement | Ended | None":
        """The statement of a query id, if it is this user's."""
        found = self._by_query.get(query_id)
        return found if found and found.user == user else None

    def of_request(self, user: str, request_id: str) -> "Statement | Ended | None":
        """The statement that this user's request started."""
        return self._by_request.get((user, request_id))

    def add(self, statement: "Statement", request_id: str) -> "Statement | Ended":
        """Keep a statement that is about to run; answers with the one that the request started already, if it did."""
        with self._guard:
            if there := self._by_request.get((statement.user, request_id)):
                return there
            self._by_query[statement.query_id] = statement
            if request_id:
                self._by_request[statement.user, request_id] = statement
        statement.done.add_done_callback(lambda _: self._ended(statement, request_id))
        return statement

    def _ended(self, statement: "Statement", request_id: str) -> None:
        with self._guard:
            self._answers[statement.query_id] = (statement, request_id, _rows(statement))
            while self._too_many_answers():
                self._reduce(*self._answers.popitem(last=False)[1][:2])
            self._forget_old()

    def _too_many_answers(self) -> bool:
        rows = sum(rows for _, _, rows in self._answers.values())
        return len(self._answers) > _MOST_ANSWERS or (len(self._answers) > 1 and rows > _MOST_ROWS)

    def _reduce(self, statement: "Statement", request_id: str) -> None:
        rest, request = Ended(statement), (statement.user, request_id)
        self._by_query[rest.query_id] = rest
        if request_id:
            self._by_request[request] = rest
        self._remembered[rest.query_id] = (request, self._now_s())

    def _forget_old(self) -> None:
        while self._remembered:
            query_id, (request, since_s) = next(iter(self._remembered.items()))
            if len(self._remembered) <= _MOST_REMEMBERED and self._now_s() - since_s <= _REMEMBERED_S:
                return
            del self._remembered[query_id]
            self._by_query.pop(query_id, None)
            self._by_request.pop(request, None)


def _rows(statement: "Statement") -> int:
    return 0 if statement.done.exception() else rows_in_memory(statement.done.result().table)


def _without_frames(error: BaseException) -> BaseException:
    """The error alone: a traceback, its own or that of what it comes from, would hold the session and the statement."""
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)
