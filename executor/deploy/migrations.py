"""The scripts of ``sql/`` that change the schema, applied by schemachange in this process.

A process of its own would load Snowflake's connector once more, and would have to be told by its environment how to
sign in.
"""

import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import structlog
from schemachange import cli
from schemachange.config.DeployConfig import DeployConfig
from schemachange.config.utils import get_snowflake_identifier_string
from schemachange.deploy import deploy
from schemachange.session.Script import get_all_scripts_recursively
from schemachange.session.SnowflakeSession import SnowflakeSession
from schemachange.sql_splitter import split_sql_statements
from schemachange.version import sorted_alphanumeric

from sql import load

INTAKE: Final = "job_intake"
STATE: Final = "job_state"
LEADER: Final = "'__leader__'"
_MADE: Final = re.compile(r"\bCREATE\s+(?:TRANSIENT\s+)?(?:TABLE|VIEW)\s+IF\s+NOT\s+EXISTS\s+(\w+)", re.IGNORECASE)


class MigrationError(RuntimeError):
    """schemachange gave up; the message says at which script and why."""

    def __init__(self, says: str, applied: tuple[str, ...] = (), refused: str | None = None) -> None:
        """``applied`` are the scripts that were applied before, ``refused`` is the one that was not."""
        super().__init__(says)
        self.applied, self.refused = applied, refused


@dataclass(frozen=True)
class Script:
    """A script that would be applied; ``is_new`` when it never was, in this form or another."""

    name: str
    is_new: bool


def apply(
    root: Path,
    variables: Mapping[str, str],
    history: str,
    arguments: Mapping[str, Any],
    tell_lost: Callable[[tuple[str, ...]], object] = lambda _lost: None,
) -> tuple[str, ...]:
    """Apply what is new or has changed, and again what made tables that are lost; answers the names of those scripts.

    Args:
        root: the folder of the scripts.
        variables: what stands between double braces in them.
        history: the table of what was applied, as ``DATABASE.SCHEMA.TABLE``; made when it is not there.
        arguments: those of ``snowflake.connector.connect``.
        tell_lost: told which tables and views had been made before, and are made again because they are not there.

    Raises:
        MigrationError: a script was refused, or there is no signing in.
    """
    return tuple(script.name for script in _deploy(root, variables, history, arguments, tell_lost, dry_run=False))


def pending(root: Path, variables: Mapping[str, str], history: str, arguments: Mapping[str, Any]) -> list[Script]:
    """The scripts that ``apply`` would apply, in its order; nothing is changed.

    Raises:
        MigrationError: there is no signing in, or a script that nobody can render.
    """
    return _deploy(root, variables, history, arguments, lambda _lost: None, dry_run=True)


def names(root: Path) -> list[str]:
    """Every script that is applied once or when it changes, in the order in which it would be."""
    found = get_all_scripts_recursively(root_directory=root)
    # schemachange sorts numbers in names as numbers, and leaves this function's types out.
    in_order: Callable[[list[str]], list[str]] = sorted_alphanumeric
    once, changing = ([name for name in found if name.startswith(kind)] for kind in "vr")
    return [found[name].name for name in (*in_order(once), *in_order(changing))]


def made_once(root: Path) -> frozenset[str]:
    """The tables and views that migrations make, in small letters."""
    texts = (path.read_text(encoding="utf-8") for path in sorted(root.glob("migrations/V*.sql")))
    return frozenset(name.lower() for text in texts for name in _MADE.findall(text))


class QuickSession(SnowflakeSession):
    """schemachange's session without the statements that change nothing.

    It would say before and after each script where it stands and what its query tag is, six statements and two commits
    each time, which is most of an installation's statements.
    """

    def __init__(self, **arguments: Any) -> None:
        """Connect; ``arguments`` are those of schemachange's session."""
        self.began: list[Script] = []
        """Every script that was begun, in order; of a dry run, every one that would be."""
        self.done = 0
        """How many of those came to their end."""
        self.makes: frozenset[str] = frozenset()
        """Tables and views that migrations make, in small letters."""
        self.lost: tuple[str, ...] = ()
        """Those of them that had been made before, and are not there."""
        self._known: set[str] = set()
        self._without_leader = False
        super().__init__(**arguments)

    def get_script_metadata(self, create_change_history_table: bool, dry_run: bool) -> tuple[Any, Any, Any]:
        """What was applied before; no migration counts as applied when something that one has made is lost.

        Each of their statements may be said again, and makes only what is not there.
        """
        once, changing, newest = super().get_script_metadata(create_change_history_table, dry_run)
        self._known = {*(once or ()), *(changing or ())}
        (cursor,) = self.execute_snowflake_query(load("tables_there"), self.logger)
        there = {str(row[0]).lower() for row in cursor}
        if once:
            self.lost = tuple(sorted(self.makes - there))
        if STATE in self.makes - there:
            self._without_leader = bool(once) or (INTAKE in there and self._is_used())
        return ({}, changing, None) if self.lost else (once, changing, newest)

    def _is_used(self) -> bool:
        (cursor,) = self.execute_snowflake_query(load("queue_is_used"), self.logger)
        return cursor.fetchone() is not None

    def execute_snowflake_query(self, query: str, logger: structlog.BoundLogger) -> Any:
        """Run a script; but the leader row of a state that was lost is not made anew.

        With it an executor would launch everything that was ever asked for. It comes back with the states.
        """
        if self._without_leader and LEADER in query:
            query = ";\n".join(one for one in split_sql_statements(query) if LEADER not in one)
        return super().execute_snowflake_query(query, logger)

    def apply_change_script(self, script: Any, script_content: str, *rest: Any, **more: Any) -> None:
        """Apply a script, and remember that it was begun."""
        self.began.append(Script(script.name, script.name not in self._known))
        super().apply_change_script(script, script_content, *rest, **more)
        self.done += 1

    def reset_session(self, logger: structlog.BoundLogger) -> None:
        """Go back to role, warehouse, database and schema, if a script went elsewhere: the connector knows."""
        stands = (self.con.role, self.con.warehouse, self.con.database, self.con.schema)
        home = (self.role, self.warehouse, self.database, self.schema)
        if tuple(name and get_snowflake_identifier_string(name, "name") for name in stands) != home:
            super().reset_session(logger)

    def reset_query_tag(self, logger: structlog.BoundLogger, extra_tag: str | None = None) -> None:
        """Put the script's name into the query tag; after the script it stays, until the next one's."""
        if extra_tag is not None:
            super().reset_query_tag(logger, extra_tag)

    def _execute_parameterized(self, query: str, params: tuple[Any, ...], logger: structlog.BoundLogger) -> None:
        # Bound by Snowflake: the line of the history is one statement for all scripts, which is compiled once.
        super()._execute_parameterized(query.replace("%s", "?"), params, logger)


def _deploy(
    root: Path,
    variables: Mapping[str, str],
    history: str,
    arguments: Mapping[str, Any],
    tell_lost: Callable[[tuple[str, ...]], object],
    *,
    dry_run: bool,
) -> list[Script]:
    session: QuickSession | None = None
    with _notes() as notes:
        try:
            config = DeployConfig.factory(
                config_file_path=root / "schemachange-config.yml",  # named by schemachange's messages only
                root_folder=root,
                config_vars=dict(variables),
                change_history_table=history,
                create_change_history_table=True,
                dry_run=dry_run,
                # A number below the newest that was applied would never be, and nobody would hear of it.
                raise_exception_on_ignored_versioned_script=True,
            )
            session = _session(config, arguments)
            session.makes = made_once(root)
            deploy(config=config, session=session)
        except Exception as error:  # each of its many exceptions means the same to a deployment
            says = f"schemachange failed: {error}\n{notes.getvalue()[-4000:]}".rstrip()
            begun = [script.name for script in session.began] if session else []
            done = session.done if session else 0
            raise MigrationError(says, tuple(begun[:done]), "".join(begun[done:]) or None) from error
        finally:
            if session is not None:
                session.con.close()
    if session.lost:
        tell_lost(session.lost)
    return session.began


def _session(config: DeployConfig, arguments: Mapping[str, Any]) -> QuickSession:
    return QuickSession(
        schemachange_version=cli.SCHEMACHANGE_VERSION,
        application=cli.SNOWFLAKE_APPLICATION_NAME,
        logger=structlog.getLogger(),
        change_history_table=config.change_history_table,
        # No COMMIT after each: nearly all is DDL, which commits by itself, and each script may be repeated.
        autocommit=True,
        session_parameters=dict(arguments.get("session_parameters") or {}),
        # All of them reach the connector as they are.
        additional_snowflake_params={**arguments, "paramstyle": "qmark"},
    )


@contextmanager
def _notes() -> Iterator[io.StringIO]:
    """What schemachange warns of; it writes to standard output otherwise."""
    before, notes = structlog.get_config(), io.StringIO()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(notes),
    )
    try:
        yield notes
    finally:
        structlog.configure(**before)
