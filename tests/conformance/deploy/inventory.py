"""Every object of an installation, told so that two installations can be compared."""

from typing import Any

from snowflake.connector import DictCursor, SnowflakeConnection

Inventory = dict[str, Any]
_ROLES = ("AUTHOR", "EXECUTOR", "OPERATOR", "PROBE", "REQUESTER", "RUNNER")


def inventory(connection: SnowflakeConnection) -> Inventory:
    """Objects by name: tables with their columns, the DDL of views, procedures and tasks, and who may do what."""
    return {**_relations(connection), **_code(connection), **_grants(connection)}


def _relations(connection: SnowflakeConnection) -> Inventory:
    tables = (
        "SELECT table_name, table_type, is_transient, comment FROM INFORMATION_SCHEMA.TABLES "
        "WHERE table_schema = 'REPORTING'"
    )
    columns = (
        "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default "
        "FROM INFORMATION_SCHEMA.COLUMNS WHERE table_schema = 'REPORTING'"
    )
    found: Inventory = {f"relation {row['table_name']}": row for row in _rows(connection, tables)}
    for row in _rows(connection, columns):
        found[f"column {row['table_name']}.{row['ordinal_position']}"] = row
    return found


def _code(connection: SnowflakeConnection) -> Inventory:
    def ddl(kind: str, name: str) -> str:
        return str(_rows(connection, f"SELECT GET_DDL('{kind}', '{name}') AS ddl")[0]["ddl"])

    found: Inventory = {}
    for row in _rows(connection, "SHOW VIEWS IN SCHEMA REPORTING"):
        found[f"view {row['name']}"] = ddl("VIEW", row["name"])
    for row in _rows(connection, "SHOW PROCEDURES IN SCHEMA REPORTING"):
        if row["schema_name"] == "REPORTING":
            signature = str(row["arguments"]).split(" RETURN ")[0].replace("DEFAULT ", "")
            found[f"procedure {signature}"] = (row["description"], ddl("PROCEDURE", signature))
    for row in _rows(connection, "SHOW TASKS"):
        found[f"task {row['name']}"] = (row["schedule"], row["definition"], row["state"], row["comment"])
    return found


def _grants(connection: SnowflakeConnection) -> Inventory:
    return {
        f"grant to {role}: {row['privilege']} {row['granted_on']} {row['name']}": row["grant_option"]
        for role in _ROLES
        for row in _rows(connection, f"SHOW GRANTS TO ROLE REPORT_{role}")
        if "DATABASE" in str(row["name"])  # of this installation; roles are those of the whole account
    }


def _rows(connection: SnowflakeConnection, text: str) -> list[dict[str, Any]]:
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(text)
        found = [{str(key).lower(): value for key, value in dict(row).items()} for row in cursor.fetchall()]
    return [{key: _neutral(value, str(connection.database)) for key, value in row.items()} for row in found]


def _neutral(value: object, database: str) -> object:
    return value.replace(database, "DATABASE") if isinstance(value, str) else value
