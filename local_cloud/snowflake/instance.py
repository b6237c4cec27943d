"""The local Snowflake itself: one data directory, its databases, sessions and locks."""

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import duckdb
import fakesnow.info_schema
import fakesnow.macros
import fakesnow.transforms.show
import fakesnow.transforms.stage

from local_cloud.snowflake import metadata
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.catalog import Catalog
from local_cloud.snowflake.changes import Changes
from local_cloud.snowflake.chunks import Chunks
from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.faults import Faults
from local_cloud.snowflake.functions import macros
from local_cloud.snowflake.locks import TableLocks
from local_cloud.snowflake.meter import Meter
from local_cloud.snowflake.presigned import Links
from local_cloud.snowflake.privileges import SYSTEM_ROLES, Place, Privileges
from local_cloud.snowflake.procedure_ddl import from_json
from local_cloud.snowflake.query_history import QueryHistory
from local_cloud.snowflake.result_cache import ResultCache
from local_cloud.snowflake.session import Login, Session
from local_cloud.snowflake.task_runs import TaskRuns

_ENGINE_MEMORY_MIB: Final = 256  # of tables read and of sorts and joins under way
_MOST_ENGINE_THREADS: Final = 4  # each needs a share of that memory


class DirectoryInUseError(RuntimeError):
    """Another server owns the data directory."""


class _Forgetful(dict[str, Any]):
    """Keeps nothing: what fakesnow would remember of answers is kept by us, and of large ones not in memory."""

    def __setitem__(self, key: str, value: Any) -> None:
        """Let it go."""


class LocalSnowflake:
    """Everything that outlives a session. `endpoint` is where handlers reach the server."""

    def __init__(self, data_dir: Path, now_s: Callable[[], float] = lambda: now_ns() / 1e9) -> None:
        """Open `data_dir`, creating it if need be, and attach every database in it.

        Tasks, the meter and the end of idle sessions go by `now_s`, seconds since 1970.

        Raises:
            DirectoryInUseError: another server runs on this directory.
        """
        self.endpoint = ("127.0.0.1", 0)
        self.now_s = now_s
        self.administrators: frozenset[str] | None = None  # of those never created; None is everybody
        self.data_dir = data_dir
        self.databases_dir = data_dir / "databases"
        self.stages_dir = data_dir / "stages"
        self.results_dir = data_dir / "results"
        self.databases_dir.mkdir(parents=True, exist_ok=True)
        self.stages_dir.mkdir(exist_ok=True)
        self._claim_directory()
        shutil.rmtree(self.results_dir, ignore_errors=True)  # of a server that was killed
        # fakesnow keeps stages under a module global; its functions read it at each call.
        fakesnow.transforms.stage.LOCAL_BUCKET_PATH = str(self.stages_dir.resolve())
        self.catalog = Catalog(data_dir / "catalog.sqlite")
        self.changes = Changes(self.catalog)
        self.links = Links(self.catalog)
        self.aws_endpoint_url: str | None = None  # where stages in S3 are
        self.privileges = Privileges(self.catalog)
        self.locks = TableLocks(self._ask_about)
        self.meter = Meter(now_s, self.warehouse_options)
        self.task_runs = TaskRuns(self, now_s)
        self.query_history = QueryHistory(now_s)
        self.chunks = Chunks()
        self.faults = Faults()
        self.results = ResultCache()
        self.translations, self.parsed = ResultCache(), ResultCache()
        self.fakesnow_results: dict[str, Any] = _Forgetful()
        self.sessions: dict[str, Session] = {}
        self.end_token: Callable[[str], object] = self.sessions.pop  # the HTTP face also remembers why
        self.engine = self._open_engine()

    def _claim_directory(self) -> None:
        self._claim = (self.data_dir / "owner.pid").open("a+")
        try:
            fcntl.flock(self._claim, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._claim.seek(0)
            holder = self._claim.read().strip() or "unknown"
            text = f"the data directory {self.data_dir} is in use by the local Snowflake with process id {holder}"
            raise DirectoryInUseError(f"{text}; stop it or name another --data-dir") from None
        self._claim.truncate(0)
        self._claim.write(str(os.getpid()))
        self._claim.flush()

    def _open_engine(self) -> duckdb.DuckDBPyConnection:
        # sqlglot still writes arrow lambdas; a division by zero shall be an error and not infinity.
        engine = duckdb.connect(":memory:", config={"lambda_syntax": "ENABLE_SINGLE_ARROW"})
        # What does not fit goes to disk; without this the engine would take four fifths of the machine's memory.
        engine.execute(f"SET GLOBAL memory_limit = '{_ENGINE_MEMORY_MIB}MiB'")
        engine.execute(f"SET GLOBAL threads = {min(os.cpu_count() or 1, _MOST_ENGINE_THREADS)}")
        # Waiting for the disk is most of a small statement. A killed process loses nothing; only a power cut could.
        # Old versions of rows stay in memory until a database's log is written into its file, by default at 16 MiB.
        engine.execute("SET GLOBAL fsync_mode = 'NONE'; SET GLOBAL checkpoint_threshold = '256KiB'")
        engine.execute(f"SET GLOBAL temp_directory = '{self.data_dir / 'spill'}'")
        engine.execute("SET GLOBAL TimeZone = 'UTC'")
        engine.execute("SET GLOBAL ieee_floating_point_ops = false; SET GLOBAL error_on_division_by_zero = true")
        engine.execute(f"ATTACH '{self.data_dir / 'account.db'}' AS _fs_global")
        engine.execute(fakesnow.info_schema.fs_global_creation_sql())
        engine.execute(fakesnow.transforms.show.fs_global_creation_sql())
        engine.execute(fakesnow.macros.creation_sql("memory"))  # for sessions without a current database
        metadata.furnish_account(engine)
        engine.execute(macros())
        self._finish_drops()
        for file in sorted(self.databases_dir.glob("*.db")):
            engine.execute(f"ATTACH '{file}' AS \"{file.stem}\"")
            self.furnish_database(engine, file.stem)
        return engine

    def _finish_drops(self) -> None:
        for file in self.databases_dir.glob("*.dropped"):
            self.forget_files(file.stem)

    def forget_files(self, database: str) -> None:
        """Remove a database's files so that a kill in between leaves it there altogether or not at all."""
        dropped = self.databases_dir / f"{database}.dropped"
        if not dropped.exists():
            (self.databases_dir / f"{database}.db").rename(dropped)
        (self.databases_dir / f"{database}.db.wal").unlink(missing_ok=True)
        dropped.unlink(missing_ok=True)

    def furnish_database(self, engine: duckdb.DuckDBPyConnection, database: str) -> None:
        """Create what each database carries beside the user's own: schemas, metadata views, functions."""
        engine.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"."PUBLIC"')
        engine.execute(fakesnow.info_schema.per_db_creation_sql(database))
        engine.execute(fakesnow.macros.creation_sql(database))
        metadata.furnish_database(engine, database)

    def open_session(self, login: Login) -> Session:
        """A new session on its own engine connection."""
        return Session(self, self.engine.cursor(), login)

    def _ask_about(self, session_id: str) -> None:
        for session in list(self.sessions.values()):
            if session.session_id == session_id:
                session.abandon()

    def warehouse_options(self, warehouse: str) -> dict[str, str]:
        """What CREATE and ALTER WAREHOUSE said of one."""
        kept = self.catalog.get("WAREHOUSE", ("", ""), warehouse)
        return dict(kept["options"]) if kept else {}

    def has_database(self, database: str) -> bool:
        """Whether a database of this name is attached."""
        sql = "SELECT 1 FROM duckdb_databases() WHERE database_name = ? AND NOT internal"
        with self.engine.cursor() as engine:
            return bool(engine.execute(sql, [database]).fetchone()) and not database.startswith("_fs")

    def has_schema(self, database: str, schema: str) -> bool:
        """Whether (database, schema) exists."""
        sql = "SELECT 1 FROM duckdb_schemas() WHERE database_name = ? AND upper(schema_name) = upper(?)"
        with self.engine.cursor() as engine:
            return bool(engine.execute(sql, [database, schema]).fetchone())

    def place(self, session: Session, database: str, schema: str | None) -> None:
        """Let a login stand in its database and schema as far as they exist for its role, as Snowflake does."""
        if self.has_database(database) and self._may_use(session, "DATABASE", (database, "", "")):
            wanted = schema or "PUBLIC"
            usable = self.has_schema(database, wanted) and self._may_use(session, "SCHEMA", (database, wanted, ""))
            session.stand_in(database, wanted if usable else None)

    def _may_use(self, session: Session, kind: str, place: Place) -> bool:
        return Guard(session).may(kind, place, "USAGE")

    def may_use_role(self, user: str, role: str) -> bool:
        """Whether a user has a role; one that was never created with CREATE USER is an administrator and has all."""
        return not self.privileges.enforced or role in self.roles_of_user(user)

    def is_known(self, user: str) -> bool:
        """Whether somebody may log in by this name: who was created, and who is an administrator without."""
        created = self.catalog.get("USER", ("", ""), user) is not None
        return created or not self.privileges.enforced or self.administrators is None or user in self.administrators

    def roles_of_user(self, user: str) -> frozenset[str]:
        """Every role that a user may use; all that there are of an administrator who was never created."""
        if self.catalog.get("USER", ("", ""), user) is not None:
            return self.privileges.roles_of_user(user)
        return frozenset({*SYSTEM_ROLES, *(str(kept["name"]) for kept in self.catalog.all("ROLE"))})

    def default_secondary_roles(self, user: str) -> str:
        """ALL unless the user was made with others, as in Snowflake since 2024; "" of one who was never created."""
        kept = self.catalog.get("USER", ("", ""), user)
        said = str(kept["options"].get("DEFAULT_SECONDARY_ROLES", "ALL")) if kept else ""
        return "ALL" if "ALL" in said.upper() else ""

    def named(self, kind: str, database: str, schema: str | None) -> list[Place]:
        """Where the procedures or tasks of a database or schema stand."""
        kept = self.catalog.all(kind, database, schema)
        names = [from_json(body).signature if kind == "PROCEDURE" else body["name"] for body in kept]
        return [(body["database"], body["schema"], name) for body, name in zip(kept, names, strict=True)]

    def kept(self) -> dict[str, int]:
        """How many of each thing this server keeps for later; none of them may grow for ever."""
        return {
            "tokens": len(self.sessions),
            "results": len(self.results),
            "parsed": len(self.parsed),
            "translations": len(self.translations),
            "task runs": len(self.task_runs.history),
            "query history": len(self.query_history.newest()),
        }

    def session_of(self, token: str) -> Session:
        """The session a token stands for.

        Raises:
            ProgrammingError: 390104 when there is none, so that the client logs in again.
        """
        session = self.sessions.get(token)
        if session is None:
            raise failure(390104, "08001", "User must login again to access the service.")
        session.last_seen_s = self.now_s()
        return session

    def abort(self, session: Session) -> None:
        """End a session from outside; its clients are told 390111."""
        tokens = [token for token, held in list(self.sessions.items()) if held is session]
        for token in tokens:
            self.end_token(token)

    def forget_schema(self, database: str, schema: str) -> None:
        """Drop what a dropped schema held beside its tables: procedures, tasks, grants, stages with their files."""
        sql = "DELETE FROM _fs_global._fs_information_schema._fs_stages WHERE database_name = ? AND schema_name = ?"
        with self.engine.cursor() as engine:
            engine.execute(sql, [database, schema])
        shutil.rmtree(self.stages_dir / database / schema, ignore_errors=True)
        self.catalog.forget(database, schema)

    def close(self) -> None:
        """Flush everything to disk."""
        self.engine.close()
