"""The scripts of ``sql/`` that change the schema, applied by schemachange in this process.

A process of its own would load Snowflake's connector once more, and would have to be told by its environment how to
sign in.
"""

import io
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from schemachange import cli
from schemachange.config.DeployConfig import DeployConfig
from schemachange.config.utils import get_snowflake_identifier_string
from schemachange.deploy import deploy
from schemachange.session.Script import get_all_scripts_recursively
from schemachange.session.SnowflakeSession import SnowflakeSession
from schemachange.version import sorted_alphanumeric


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


def apply(root: Path, variables: Mapping[str, str], history: str, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    """Apply what is new or has changed; answers the names of those scripts.

    Args:
        root: the folder of the scripts.
        variables: what stands between double braces in them.
        history: the table of what was applied, as ``DATABASE.SCHEMA.TABLE``; made when it is not there.
        arguments: those of ``snowflake.connector.connect``.

    Raises:
        MigrationError: a script was refused, or there is no signing in.
    """
    return tuple(script.name for script in _deploy(root, variables, history, arguments, dry_run=False))


def pending(root: Path, variables: Mapping[str, str], history: str, arguments: Mapping[str, Any]) -> list[Script]:
    """The scripts that ``apply`` would apply, in its order; nothing is changed.

    Raises:
        MigrationError: there is no signing in, or a script that nobody can render.
    """
    return _deploy(root, variables, history, arguments, dry_run=True)


def names(root: Path) -> list[str]:
    """Every script that is applied once or when it changes, in the order in which it would be."""
    found = get_all_scripts_recursively(root_directory=root)
    # schemachange sorts numbers in names as numbers, and leaves this function's types out.
    in_order: Callable[[list[str]], list[str]] = sorted_alphanumeric
    once, changing = ([name for name in found if name.startswith(kind)] for kind in "vr")
    return [found[name].name for name in (*in_order(once), *in_order(changing))]


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
        self._known: set[str] = set()
        super().__init__(**arguments)

    def get_script_metadata(self, create_change_history_table: bool, dry_run: bool) -> tuple[Any, Any, Any]:
        """What was applied before."""
        found = super().get_script_metadata(create_change_history_table, dry_run)
        self._known = {*(found[0] or ()), *(found[1] or ())}
        return found

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
    root: Path, variables: Mapping[str, str], history: str, arguments: Mapping[str, Any], *, dry_run: bool
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
            deploy(config=config, session=session)
        except Exception as error:  # each of its many exceptions means the same to a deployment
            says = f"schemachange failed: {error}\n{notes.getvalue()[-4000:]}".rstrip()
            begun = [script.name for script in session.began] if session else []
            done = session.done if session else 0
            raise MigrationError(says, tuple(begun[:done]), "".join(begun[done:]) or None) from error
        finally:
            if session is not None:
                session.con.close()
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
