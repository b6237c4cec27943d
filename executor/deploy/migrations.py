"""The scripts of ``sql/`` that change the schema, applied by schemachange in this process.

A process of its own would load Snowflake's connector once more, and would have to be told by its environment how to
sign in.
"""

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from schemachange import cli
from schemachange.config.DeployConfig import DeployConfig
from schemachange.config.utils import get_snowflake_identifier_string
from schemachange.deploy import deploy
from schemachange.session.SnowflakeSession import SnowflakeSession


class MigrationError(RuntimeError):
    """schemachange gave up; the message says at which script and why."""


def apply(root: Path, variables: Mapping[str, str], history: str, arguments: Mapping[str, Any]) -> None:
    """Apply what is new or has changed.

    Args:
        root: the folder of the scripts.
        variables: what stands between double braces in them.
        history: the table of what was applied, as ``DATABASE.SCHEMA.TABLE``; made when it is not there.
        arguments: those of ``snowflake.connector.connect``.

    Raises:
        MigrationError: a script was refused, or there is no signing in.
    """
    with _notes() as notes:
        try:
            config = DeployConfig.factory(
                config_file_path=root / "schemachange-config.yml",  # named by schemachange's messages only
                root_folder=root,
                config_vars=dict(variables),
                change_history_table=history,
                create_change_history_table=True,
            )
            _deploy(config, arguments)
        except Exception as error:  # each of its many exceptions means the same to a deployment
            raise MigrationError(f"schemachange failed: {error}\n{notes.getvalue()[-4000:]}".rstrip()) from error


class QuickSession(SnowflakeSession):
    """schemachange's session without the statements that change nothing.

    It would say before and after each script where it stands and what its query tag is, six statements and two commits
    each time, which is most of an installation's statements.
    """

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


def _deploy(config: DeployConfig, arguments: Mapping[str, Any]) -> None:
    session = QuickSession(
        schemachange_version=cli.SCHEMACHANGE_VERSION,
        application=cli.SNOWFLAKE_APPLICATION_NAME,
        logger=structlog.getLogger(),
        change_history_table=config.change_history_table,
        # No COMMIT after each: nearly all is DDL, which commits by itself, and each script may be repeated.
        autocommit=True,
        session_parameters=dict(arguments.get("session_parameters") or {}),
        additional_snowflake_params=dict(arguments),  # all of them reach the connector as they are
    )
    try:
        deploy(config=config, session=session)
    finally:
        session.con.close()


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
