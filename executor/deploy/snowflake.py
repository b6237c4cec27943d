"""``reporting deploy snowflake``: database objects, the procedures' code, migrations, built-in reports.

Every step may be repeated; what is already there is left as it is.
"""

import tempfile
from collections.abc import Callable, Mapping
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.deploy import (
    bells,
    callers,
    foreign_roles,
    links,
    lock,
    migrations,
    owner,
    plan,
    procedures_zip,
    report_types,
    rights,
    signing_in,
    tasks,
    templates,
)
from executor.settings import ObjectNames, SnowflakeSettings
from sql import BOOTSTRAP_STEPS, load

_SESSION = {"QUERY_TAG": "reporting:deploy"}
_OBJECTS = {"database", "schema", "warehouse"}
_NO_PLAN = (
    migrations.MigrationError,
    rights.MissingRightsError,
    owner.ForeignQueueError,
    foreign_roles.ForeignRoleError,
)


class DeployError(RuntimeError):
    """A step of the installation failed; the message says which, what was done before it, and how to go on."""


def planned(*, installation: str, bucket: str, names: ObjectNames, snowflake_settings: SnowflakeSettings) -> plan.Plan:
    """What ``deploy`` would do, with the same arguments; nothing is changed.

    Raises:
        DeployError: the role may not deploy, the queue is another installation's or a role somebody else's, or
            schemachange could not tell.
        SettingsError: connections.toml has no connection of that name.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    arguments = signing_in.explicit(snowflake_settings.connect_arguments(names))
    alone = {key: arguments[key] for key in arguments if key not in _OBJECTS}
    with snowflake.connector.connect(**alone, session_parameters=_SESSION) as connection:
        variables = _variables(installation, bucket, names, procedures_zip.build()[0], _role(connection))
        try:
            return plan.made(connection, names, variables, arguments)
        except _NO_PLAN as error:
            raise DeployError(f"there is no plan: {error}") from error


def deploy(
    *,
    installation: str,
    bucket: str,
    names: ObjectNames,
    snowflake_settings: SnowflakeSettings,
    say: Callable[[str], None],
    stale_lock_after_s: float = lock.STALE_AFTER_S,
    founded: Callable[[], object] = lambda: None,
) -> None:
    """Install or upgrade the Snowflake side.

    Args:
        installation: the name of the installation, for a queue that is made new.
        bucket: where the reports go.
        names: database, schema, warehouse.
        snowflake_settings: how to sign in; the role must be able to create the objects and roles, and to grant on them.
        say: told each step as it is done.
        stale_lock_after_s: the age at which the lock of another deployment is taken over.
        founded: called once database, schema, warehouse and roles are there, before anything is put into them.

    Raises:
        DeployError: the queue is another installation's, a role is somebody else's, or a notification integration that
            the settings name is not there, and all was left as it is; or schemachange refused a script.
        LockedError: somebody else deploys into this schema.
        SettingsError: connections.toml has no connection of that name.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    arguments = signing_in.explicit(snowflake_settings.connect_arguments(names))
    alone = {key: arguments[key] for key in arguments if key not in _OBJECTS}
    with snowflake.connector.connect(**alone, session_parameters=_SESSION) as first:
        _check_roles(first, names)
        for step in BOOTSTRAP_STEPS:
            first.cursor().execute(_bootstrap(step, names))
    say(f"database {names.database}, schema {names.schema_name}, warehouse {names.warehouse}: there")
    with snowflake.connector.connect(**arguments, paramstyle="qmark", session_parameters=_SESSION) as connection:
        _check_owner(connection, installation, bucket)  # before the lock, which is a table in that schema
        _check_bells(connection, names)
        founded()
        with lock.held(connection, f"{names.database}.{names.schema_name}", say, stale_lock_after_s):
            _check_owner(connection, installation, bucket)  # another's first deployment may have ended meanwhile
            zip_name = _stage_code(connection)
            say(f"procedures' code: {zip_name}")
            before, role = tasks.states(connection), _role(connection)
            variables = _variables(installation, bucket, names, zip_name, role)
            try:
                applied = _migrate(names, arguments, variables, say)
            finally:
                # A script suspends the task that it alters; one that fails must not leave the mornings without reports.
                tasks.resume(connection, before)
            say(f"migrations, views, procedures, tasks, grants: applied ({len(applied)} scripts)")
            say(callers.let_them_be_known(connection, role))
            say(links.create_stage(connection, names, bucket))
            say(bells.choose(connection, names))
            added = report_types.define_builtin(connection)
            new = ", ".join(f"{name} v{version}" for name, version in added.items())
            say(f"built-in reports: {new or 'unchanged'}")


def use_code(
    zip_name: str, *, installation: str, bucket: str, names: ObjectNames, snowflake_settings: SnowflakeSettings
) -> None:
    """Let the procedures run code that an earlier deployment has staged; tables and views stay as they are.

    Raises:
        DeployError: the queue is another installation's and was left as it is, or schemachange refused a script.
        snowflake.connector.errors.Error: Snowflake refused a statement.
    """
    arguments = signing_in.explicit(snowflake_settings.connect_arguments(names))
    with snowflake.connector.connect(**arguments, paramstyle="qmark", session_parameters=_SESSION) as connection:
        _check_owner(connection, installation, bucket)
        before = tasks.states(connection)
        variables = _variables(installation, bucket, names, zip_name, _role(connection))
        try:
            _migrate(names, arguments, variables)
        finally:
            tasks.resume(connection, before)


def _check_owner(connection: snowflake.connector.SnowflakeConnection, installation: str, bucket: str) -> None:
    try:
        owner.check(connection, installation, bucket)
    except owner.ForeignQueueError as error:
        raise DeployError(str(error)) from error


def _check_roles(connection: snowflake.connector.SnowflakeConnection, names: ObjectNames) -> None:
    try:
        foreign_roles.check(connection, names, _role(connection))
    except foreign_roles.ForeignRoleError as error:
        raise DeployError(str(error)) from error


def _check_bells(connection: snowflake.connector.SnowflakeConnection, names: ObjectNames) -> None:
    try:
        bells.check(connection, names)
    except bells.MissingIntegrationError as error:
        raise DeployError(f"nothing was changed: {error}") from error


def _bootstrap(step: str, names: ObjectNames) -> str:
    return templates.script(
        f"bootstrap/{step}.sql", database=names.database, schema=names.schema_name, warehouse=names.warehouse
    )


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


def _variables(installation: str, bucket: str, names: ObjectNames, zip_name: str, role: str) -> dict[str, str]:
    return {
        "installation": installation,
        "bucket": bucket,
        "database": names.database,
        "schema": names.schema_name,
        "warehouse": names.warehouse,
        "keep_days": str(names.keep_days),
        "procedures_zip": zip_name,
        "deployer": role,
    }


def _migrate(
    names: ObjectNames,
    arguments: Mapping[str, Any],
    variables: Mapping[str, str],
    say: Callable[[str], None] = lambda _line: None,
) -> tuple[str, ...]:
    def tell_lost(lost: tuple[str, ...]) -> None:
        say(f"lost, and made again without their rows: {', '.join(lost)}; reporting recover puts back what S3 knows")

    history = f"{names.database}.{names.schema_name}.CHANGE_HISTORY"
    with as_file(files("sql")) as root:
        try:
            return migrations.apply(root, variables, history, arguments, tell_lost)
        except migrations.MigrationError as error:
            raise DeployError(_half_way(error)) from error


def _half_way(error: migrations.MigrationError) -> str:
    done = ", ".join(error.applied) or "none"
    return (
        f"{error}\nApplied before it: {done}. Not applied: {error.refused or 'any other script'} and all after it. "
        "The version that was there works on, as what is added does not disturb it. Mend the cause and run reporting "
        "deploy snowflake again: it goes on where this one stopped."
    )
