"""``reporting deploy snowflake``: database objects, the procedures' code, migrations, built-in reports.

Every step may be repeated; what is already there is left as it is.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.deploy import procedures_zip, report_types, signing_in, tasks
from executor.settings import ObjectNames, SnowflakeSettings
from sql import BOOTSTRAP_STEPS, load


class DeployError(RuntimeError):
    """A step of the installation failed; the message carries its output."""


def deploy(
    *,
    installation: str,
    bucket: str,
    names: ObjectNames,
    snowflake_settings: SnowflakeSettings,
    say: Callable[[str], None],
) -> None:
    """Install or upgrade the Snowflake side.

    Args:
        installation: the name of the installation, for a queue that is made new.
        bucket: where the reports go.
        names: database, schema, warehouse.
        snowflake_settings: how to sign in; the role must be able to create the objects and roles, and to grant on them.
        say: told each step as it is done.

    Raises:
        DeployError: schemachange refused a script.
        SettingsError: connections.toml has no connection of that name.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    arguments = signing_in.explicit(snowflake_settings.connect_arguments(names))
    without_objects = {key: arguments[key] for key in arguments if key not in {"database", "schema", "warehouse"}}
    with snowflake.connector.connect(**without_objects, session_parameters={"QUERY_TAG": "reporting:deploy"}) as first:
        for step in BOOTSTRAP_STEPS:
            first.cursor().execute(_bootstrap(step, names))
    say(f"database {names.database}, schema {names.schema_name}, warehouse {names.warehouse}: there")
    with snowflake.connector.connect(
        **arguments, paramstyle="qmark", session_parameters={"QUERY_TAG": "reporting:deploy"}
    ) as connection:
        zip_name = _stage_code(connection)
        say(f"procedures' code: {zip_name}")
        before = tasks.states(connection)
        try:
            _migrate(installation, bucket, names, arguments, zip_name)
        finally:
            # A script suspends the task that it alters; one that fails must not leave the mornings without reports.
            tasks.resume(connection, before)
        say("migrations, views, procedures, tasks, grants: applied")
        _check_owner(connection, installation, bucket)
        added = report_types.define_builtin(connection)
        say("built-in reports: " + (", ".join(f"{name} v{version}" for name, version in added.items()) or "unchanged"))


def _check_owner(connection: snowflake.connector.SnowflakeConnection, installation: str, bucket: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(load("installation"))
        row = cursor.fetchone()
    if row != (installation, bucket):
        raise DeployError(
            f"this queue belongs to installation {row and tuple(row)}, not to ({installation!r}, {bucket!r}); set "
            "REPORTING_INSTALLATION and REPORTING_BUCKET to its own, or take another REPORTING_DATABASE"
        )


def _bootstrap(step: str, names: ObjectNames) -> str:
    # Identifiers cannot be bound; these were checked against a pattern when the settings were read.
    text = files("sql").joinpath(f"bootstrap/{step}.sql").read_text(encoding="utf-8")
    for name, value in (("database", names.database), ("schema", names.schema_name), ("warehouse", names.warehouse)):
        text = text.replace("{{ " + name + " }}", value)
    return text


def _stage_code(connection: snowflake.connector.SnowflakeConnection) -> str:
    name, raw = procedures_zip.build()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(raw)
        connection.cursor().execute(f"PUT 'file://{path}' @procedure_code OVERWRITE=TRUE AUTO_COMPRESS=FALSE")
    return name


def _migrate(installation: str, bucket: str, names: ObjectNames, arguments: Mapping[str, Any], zip_name: str) -> None:
    variables = {
        "installation": installation,
        "bucket": bucket,
        "database": names.database,
        "schema": names.schema_name,
        "warehouse": names.warehouse,
        "procedures_zip": zip_name,
    }
    with as_file(files("sql")) as root, tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(  # noqa: S603 - our own interpreter, arguments from checked settings
            [
                sys.executable, "-m", "schemachange.cli", "deploy",
                "--config-folder", folder,
                "--root-folder", str(root),
                "--schemachange-vars", json.dumps(variables),
                "--change-history-table", f"{names.database}.{names.schema_name}.CHANGE_HISTORY",
                "--schemachange-create-change-history-table",
                "--schemachange-log-level", "WARNING",
            ],
            env=signing_in.environment(arguments),
            capture_output=True,
            text=True,
            check=False,
        )  # fmt: skip
    if done.returncode != 0:
        raise DeployError(f"schemachange failed:\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
