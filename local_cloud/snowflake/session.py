"""One client's session: who it is, where it is, its parameters and its transaction."""

import itertools
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import duckdb
from fakesnow.conn import FakeSnowflakeConnection

from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.handler_stop import raise_in_thread
from local_cloud.snowflake.locks import Asking
from local_cloud.snowflake.privileges import ACCOUNT as WHOLE_ACCOUNT
from local_cloud.snowflake.session_parameters import DEFAULT_PARAMETERS
from local_cloud.snowflake.transacting import Transacting

if TYPE_CHECKING:
    from local_cloud.snowflake.instance import LocalSnowflake
    from local_cloud.snowflake.running import Statement

ACCOUNT: Final = "LOCAL"
ORGANIZATION: Final = "LOCALCLOUD"
REGION: Final = "LOCAL_CLOUD"
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Login:
    """Who logs in and where; names in Snowflake's case."""

    user: str
    role: str
    warehouse: str | None
    database: str | None
    schema: str | None


class Session(Transacting, FakeSnowflakeConnection):
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
        self.transaction = None
        self.depth = 0  # how many CALLs deep the running statement is
        self.last_query_id: str | None = None
        self.statements: list[Statement] = []  # on their way: those that wait their turn and those that run
        self.uninterrupted = threading.RLock()  # held by what a cancelled statement must not break off
        self.last_end_s = time.monotonic()
        self.last_seen_s = server.now_s()  # when its client last sent a request
        self.names: dict[str, str] = {}  # SET name = value
        self.secondary: tuple[str, ...] | str = ()  # ALL, or the secondary roles by name
        self.acting_as: str | None = None  # the owner with whose rights a procedure runs
        self.handler_threads: list[int] = []  # where procedures' handlers run, the outermost first
        self.serverless = False  # a task without a warehouse of its own
        self.temporary: set[tuple[str, str, str]] = set()  # temporary tables of this session
        self.tell("user", login.user)
        self.tell("session", self.session_id)
        self.secondary = server.default_secondary_roles(login.user)
        self.use_role(login.role)
        self.use_warehouse(login.warehouse)
        self.stand_in(None, None)
        if login.database:
            server.place(self, login.database, login.schema)

    def use_role(self, role: str) -> None:
        """Change the current role."""
        self.role = role
        self._tell_roles()

    def _tell_roles(self) -> None:
        # The active roles are, in a procedure with owner's rights, the owner's (docs, IS_ROLE_IN_SESSION). It may ask
        # for the session's own with SYS_CONTEXT, where the owner holds READ SESSION.
        privileges, own = self.server.privileges, self._own_roles()
        active = privileges.roles_of(self.acting_as) if self.acting_as else own
        told = not self.acting_as or "READ SESSION" in privileges.held("ACCOUNT", WHOLE_ACCOUNT, active)
        self.tell("role", self.acting_role)
        self.tell("session_user", self.login.user if told else None)
        self.tell("session_role", self.role if told else None)
        self.engine.execute("SET VARIABLE _sf_roles = ?", [sorted(active)])
        self.engine.execute("SET VARIABLE _sf_session_roles = ?", [sorted(own) if told else None])

    def use_secondary(self, roles: tuple[str, ...] | str) -> None:
        """Change the secondary roles: ALL, or these."""
        self.secondary = roles
        self.use_role(self.role)

    def secondary_roles(self) -> frozenset[str]:
        """What the secondary roles are at this moment, with all that they hold; none while an owner's rights count."""
        return frozenset() if self.acting_as else self._own_secondary_roles()

    def _own_roles(self) -> frozenset[str]:
        return self.server.privileges.roles_of(self.role) | self._own_secondary_roles()

    def _own_secondary_roles(self) -> frozenset[str]:
        if not self.secondary:
            return frozenset()
        if isinstance(self.secondary, str):
            return self.server.roles_of_user(self.login.user)
        return frozenset[str]().union(*(self.server.privileges.roles_of(role) for role in self.secondary))

    def use_warehouse(self, warehouse: str | None) -> None:
        """Change the current warehouse."""
        self.warehouse = warehouse
        self.tell("warehouse", warehouse)

    def stand_in(self, database: str | None, schema: str | None) -> None:
        """Make (database, schema) current; the caller has checked that they exist."""
        self.database, self._schema = database, schema
        self.database_set, self.schema_set = bool(database), bool(schema)
        self.tell("database", database)
        self.tell("schema", self.schema if database else None)
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
        self._tell_roles()
        try:
            yield
        finally:
            self.stand_in(*before)
            self.acting_as = acting_as
            self._tell_roles()

    @property
    def acting_role(self) -> str:
        """The role whose privileges count now."""
        return self.acting_as or self.role

    def asking(self) -> Asking:
        """The statement that runs, as those are told of it who wait for its lock; a task's has no id."""
        running = [statement.query_id for statement in list(self.statements) if statement.has_begun]
        return Asking(running[-1] if running else "", self.transaction.id if self.transaction else now_ns())

    def limit_s(self, parameter: str) -> float:
        """A time limit of statements in seconds, the session's or the warehouse's, whichever is less; 0 is none."""
        options = self.server.warehouse_options(self.warehouse or "")
        limits = [float(self.parameters[parameter]), float(options.get(parameter) or 0)]
        return min((limit for limit in limits if limit > 0), default=0.0)

    def stop_handlers(self, thread: int) -> None:
        """Make the handler of this thread, and those that it has called, stop at their next step."""
        if thread in self.handler_threads:
            for running in self.handler_threads[self.handler_threads.index(thread) :]:
                raise_in_thread(running)

    @property
    def autocommit_on(self) -> bool:
        """Whether a DML outside a transaction commits by itself."""
        return bool(self.parameters["AUTOCOMMIT"])

    def end(self) -> None:
        """Log out: what was not committed is undone, locks are given back."""
        self.depth = 0
        for statement in list(self.statements):
            statement.cancel()
        try:
            self.engine.interrupt()
            self.rollback_transaction()
        finally:
            self.server.locks.release(self.session_id)
            self.engine.close()
