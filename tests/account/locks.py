"""Steps about locks, on a table of their own, which is dropped again."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from uuid import uuid4

from snowflake.connector.errors import Error

from tests.account.account import Account, Seen, Session, differs, holds

WAITS_S = 120
TOO_MANY_WAITERS = 625
CROWD = 24
MERGE = """MERGE INTO {} AS t USING (SELECT 1 AS id) AS s ON t.id = s.id AND t.n = {}
WHEN MATCHED THEN UPDATE SET n = t.n + 10"""


@contextmanager
def _held(account: Account) -> Iterator[tuple[Session, str]]:
    """A table with one row (1, 0), which this session has set to n = 1 and not committed."""
    name = f"verify_{uuid4().hex[:12]}"
    with account.session() as session:
        session.rows(f"CREATE TABLE {name} (id NUMBER, n NUMBER)")
        try:
            session.rows(f"INSERT INTO {name} VALUES (1, 0)")
            session.rows("BEGIN")
            session.rows(f"UPDATE {name} SET n = 1")
            yield session, name
        finally:
            session.rows("ROLLBACK")
            session.rows(f"DROP TABLE {name}")


def inserts_beside_an_update(account: Account) -> Seen:
    """An INSERT does not wait for an UPDATE that is not committed: callers never wait for the executor."""
    with _held(account) as (_, name), account.session() as other:
        other.rows("ALTER SESSION SET LOCK_TIMEOUT = 1")
        try:
            other.rows(f"INSERT INTO {name} VALUES (2, 0)")
        except Error as error:
            return differs(f"refused: {error.msg}")
    return holds("inserted at once")


def merge_that_waited(account: Account) -> Seen:
    """A MERGE that waited for a lock sees what the other wrote."""
    with _held(account) as (first, name), account.session() as second:
        second.rows(f"ALTER SESSION SET LOCK_TIMEOUT = {WAITS_S}")
        waiting = second.connection.cursor()
        waiting.execute_async(MERGE.format(name, 1))
        _until_it_waits(first, name)
        first.rows("COMMIT")
        waiting.get_results_from_sfqid(str(waiting.sfqid))
        waiting.fetchall()  # only this waits for the MERGE to end
        n = int(first.value(f"SELECT n FROM {name}"))
        waiting.close()
    return holds("n is 11") if n == 11 else differs(f"n is {n}, not 11; the MERGE saw the table as it was before")


def _until_it_waits(session: Session, name: str) -> None:
    """Returns when somebody waits for the table, or after some seconds, where that is not shown."""
    never = threading.Event()
    for _ in range(20):
        try:
            if any(
                name in str(row.get("resource", "")).lower() and row.get("status") == "WAITING"
                for row in session.rows("SHOW LOCKS")
            ):
                return
        except Error:
            never.wait(0.5)
            return
        never.wait(0.5)


def too_many_waiters(account: Account) -> Seen:
    """The statement after the twentieth that waits for one lock is refused with 000625, and no other number."""
    numbers: list[int] = []
    refused = threading.Event()

    def wait(session: Session, name: str) -> None:
        try:
            session.rows(f"UPDATE {name} SET n = n + 1")
        except Error as error:
            numbers.append(int(error.errno or 0))
            refused.set()

    with ExitStack() as open_sessions:
        crowd = [open_sessions.enter_context(account.session()) for _ in range(CROWD)]
        for session in crowd:
            session.rows(f"ALTER SESSION SET LOCK_TIMEOUT = {WAITS_S}")
        with _held(account) as (holder, name):
            threads = [threading.Thread(target=wait, args=(session, name)) for session in crowd]
            for thread in threads:
                thread.start()
            refused.wait(WAITS_S / 2)
            holder.rows("COMMIT")
            for thread in threads:
                thread.join(WAITS_S)
    if not numbers:
        return differs(f"{CROWD} waited and none was refused")
    if set(numbers) == {TOO_MANY_WAITERS}:
        return holds(f"{len(numbers)} of {CROWD} refused with 000625")
    return differs(f"refused with {sorted(set(numbers))}")
