"""``reporting deploy snowflake``: database objects, the procedures' code, migrations, built-in reports.

Every step may be repeated; what is already there is left as it is.
"""

import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.deploy import bells, callers, links, migrations, procedures_zip, report_types, signing_in, tasks
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
            role = _role(connection)
            _migrate(installation, bucket, names, arguments, {"procedures_zip": zip_name, "deployer": role})
        finally:
            # A script suspends the task that it alters; one that fails must not leave the mornings without reports.
            tasks.resume(connection, before)
        say("migrations, views, procedures, tasks, grants: applied")
        _check_owner(connection, installation, bucket)
        say(callers.let_them_be_known(connection, role))
        say(links.create_stage(connection, names, bucket))
        try:
            say(bells.choose(connection, names))
        except LookupError as error:
            raise DeployError(str(error)) from error
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


def _role(connection: snowflake.connector.SnowflakeConnection) -> str:
    with connection.cursor() as cursor:
        cursor.execute(load("current_role"))
        row = cursor.fetchone()
    return str(row[0]) if isinstance(row, tuple) else ""


def _migrate(
    installation: str, bucket: str, names: ObjectNames, arguments: Mapping[str, Any], more: Mapping[str, str]
) -> None:
    variables = {
        "installation": installation,
        "bucket": bucket,
        "database": names.database,
        "schema": names.schema_name,
        "warehouse": names.warehouse,
        **more,
    }
    history = f"{names.database}.{names.schema_name}.CHANGE_HISTORY"
    with as_file(files("sql")) as root:
        try:
            migrations.apply(root, variables, history, arguments)
        except migrations.MigrationError as error:
            raise DeployError(str(error)) from error
