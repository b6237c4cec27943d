"""One client's session: who it is, where it is, its parameters and its transaction."""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import duckdb
from fakesnow.conn import FakeSnowflakeConnection

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.transaction import Transaction

if TYPE_CHECKING:
    from local_cloud.snowflake.instance import LocalSnowflake

ACCOUNT: Final = "LOCAL"
ORGANIZATION: Final = "LOCALCLOUD"
REGION: Final = "LOCAL_CLOUD"
# Snowflake's defaults of the parameters that clients read or set.
DEFAULT_PARAMETERS: Final[dict[str, Any]] = {
    "ABORT_DETACHED_QUERY": False,
    "AUTOCOMMIT": True,
    "CLIENT_SESSION_KEEP_ALIVE": False,
    "LOCK_TIMEOUT": 43_200,
    "QUERY_TAG": "",
    "QUOTED_IDENTIFIERS_IGNORE_CASE": False,
    "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS": 0,
    "STATEMENT_TIMEOUT_IN_SECONDS": 172_800,
    "TIMEZONE": "UTC",
    "USE_CACHED_RESULT": True,
    "WEEK_START": 0,
}
ABANDONED_AFTER_S: Final = 300.0  # an idle transaction that blocks another is aborted after 5 minutes
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Login:
    """Who logs in and where; names in Snowflake's case."""

    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None


class Session(FakeSnowflakeConnection):
    """A session; its statements run one at a time, in the order in which they come."""

    def __init__(self, server: "LocalSnowflake", engine: duckdb.DuckDBPyConnection, login: Login) -> None:
        """Open a session on its own engine connection."""
        super().__init__(
            engine, server.fakesnow_results, None, None, create_database=False, db_path=server.databases_dir
        )
        self.server = server
        self.engine = engine
        self.session_id = str(next(_numbers))
        self.login = login
        self.role = login.role
        self.warehouse: str | None = login.warehouse
        self.parameters = dict(DEFAULT_PARAMETERS)
        self.transaction: Transaction | None = None
        self.depth = 0  # how many CALLs deep the running statement is
        self.last_query_id: str | None = None
        self.running = 0  # statements on their way
        self.last_end_s = time.monotonic()
        self.names: dict[str, str] = {}  # SET name = value
        self.secondary: tuple[str, ...] | str = ()  # ALL, or the secondary roles by name
        self.acting_as: str | None = None  # the owner with whose rights a procedure runs
        self.serverless = False  # a task without a warehouse of its own
        self.temporary: set[tuple[str, str, str]] = set()  # temporary tables of this session
        self._tell("user", login.user)
        self._tell("session", self.session_id)
        self.secondary = server.default_secondary_roles(login.user)
        self.use_role(login.role)
        self.use_warehouse(login.warehouse)
        self.stand_in(None, None)
        if login.database:
            server.place(self, login.database, login.schema)

    def _tell(self, name: str, value: str | None) -> None:
        self.engine.execute(f"SET VARIABLE _sf_{name} = ?", [value])

    def use_role(self, role: str) -> None:
        """Change the current role."""
        self.role = role
        self._tell("role", role)
        roles = self.server.privileges.roles_of(role) | self.secondary_roles()
        self.engine.execute("SET VARIABLE _sf_roles = ?", [sorted(roles)])

    def use_secondary(self, roles: tuple[str, ...] | str) -> None:
        """Change the secondary roles: ALL, or these."""
        self.secondary = roles
        self.use_role(self.role)

    def secondary_roles(self) -> frozenset[str]:
        """What the secondary roles are at this moment, with all that they hold; none while an owner's rights count."""
        if self.acting_as or not self.secondary:
            return frozenset()
        if isinstance(self.secondary, str):
            return self.server.roles_of_user(self.login.user)
        return frozenset[str]().union(*(self.server.privileges.roles_of(role) for role in self.secondary))

    def use_warehouse(self, warehouse: str | None) -> None:
        """Change the current warehouse."""
        self.warehouse = warehouse
        self._tell("warehouse", warehouse)

    def stand_in(self, database: str | None, schema: str | None) -> None:
        """Make (database, schema) current; the caller has checked that they exist."""
        self.database, self._schema = database, schema
        self.database_set, self.schema_set = bool(database), bool(schema)
        self._tell("database", database)
        self._tell("schema", self.schema if database else None)
        if database:
            self.engine.execute(f'SET schema = \'"{database}"."{schema or "main"}"\'')
        else:
            self.engine.execute("SET schema = 'memory.main'")

    @contextmanager
    def elsewhere(self, database: str, schema: str, owner: str) -> Iterator[None]:
        """Stand in another schema, with its owner's rights, for a while, as a procedure does."""
        before, acting_as = (self.database, self._schema), self.acting_as
        self.stand_in(database, schema)
        self.acting_as = owner or acting_as
        try:
            yield
        finally:
            self.stand_in(*before)
            self.acting_as = acting_as

    @property
    def acting_role(self) -> str:
        """The role whose privileges count now."""
        return self.acting_as or self.role

    @property
    def autocommit_on(self) -> bool:
        """Whether a DML outside a transaction commits by itself."""
        return bool(self.parameters["AUTOCOMMIT"])

    def begin(self) -> None:
        """BEGIN; inside a transaction it changes nothing, as in Snowflake."""
        if self.transaction and self.transaction.depth < self.depth:
            raise _other_scope()
        if self.transaction is None:
            self.engine.begin()
            self.transaction = Transaction(self.depth)

    def commit_transaction(self) -> None:
        """COMMIT; without a transaction it changes nothing.

        Raises:
            ProgrammingError: 000002 when an earlier failure lost the transaction, which then is rolled back.
        """
        if self.transaction is None:
            return
        self._refuse_outer()
        transaction = self.transaction
        try:
            transaction.refuse_if_doomed()
            self.engine.commit()
        except BaseException:
            self.rollback_transaction()
            raise
        self._leave()
        self.server.record_changes(transaction.changed)

    def rollback_transaction(self) -> None:
        """ROLLBACK; without a transaction it changes nothing."""
        if self.transaction is None:
            return
        self._refuse_outer()
        with suppress(duckdb.TransactionException):  # the engine may have abandoned it already
            self.engine.rollback()
        self._leave()

    def commit_before_ddl(self) -> None:
        """DDL commits what is open; inside a CALL it may not touch the caller's transaction."""
        if self.transaction is not None:
            self.commit_transaction()

    def abandon(self) -> None:
        """Give back the locks of a client that has gone silent; its COMMIT, should it come, fails."""
        if self.transaction and not self.running and time.monotonic() - self.last_end_s > ABANDONED_AFTER_S:
            with suppress(duckdb.TransactionException):
                self.engine.rollback()
            self.transaction.doomed = "it was idle for 5 minutes while another session waited for its lock"
            self.server.locks.release(self.session_id)

    def _refuse_outer(self) -> None:
        if self.transaction and self.transaction.depth < self.depth:
            raise _other_scope()

    def _leave(self) -> None:
        self.transaction = None
        self.server.locks.release(self.session_id)

    def end(self) -> None:
        """Log out: what was not committed is undone, locks are given back."""
        self.depth = 0
        try:
            self.engine.interrupt()
            self.rollback_transaction()
        finally:
            self.server.locks.release(self.session_id)
            self.engine.close()


def _other_scope() -> Exception:
    # The wording is Snowflake's; the number is from memory.
    text = "Modifying a transaction that has started at a different scope is not allowed."
    return failure(90232, "22000", f"Stored procedure execution error: {text}")
