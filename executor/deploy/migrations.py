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


def _deploy(config: DeployConfig, arguments: Mapping[str, Any]) -> None:
    session = SnowflakeSession(
        schemachange_version=cli.SCHEMACHANGE_VERSION,
        application=cli.SNOWFLAKE_APPLICATION_NAME,
        logger=structlog.getLogger(),
        change_history_table=config.change_history_table,
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
