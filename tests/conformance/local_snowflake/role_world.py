"""A server of its own with roles, objects and grants, asked as each of the roles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.conformance.local_snowflake.conftest import connect
from tests.local_stack import served

Rows = list[tuple[Any, ...]]
As = Callable[..., Rows]

HANDLER = """CREATE OR REPLACE PROCEDURE shop.sales.{name}() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' EXECUTE AS {rights} AS
$$
def run(session):
    return str(session.sql("SELECT COUNT(*) FROM shop.sales.orders WHERE id > 0").collect()[0][0])
$$"""

SET_UP = (
    "CREATE WAREHOUSE wh",
    "CREATE DATABASE shop",
    "CREATE SCHEMA shop.sales",
    "CREATE TABLE shop.sales.orders (id INT)",
    "INSERT INTO shop.sales.orders VALUES (1), (2)",
    "CREATE TABLE shop.sales.secrets (id INT PRIMARY KEY)",
    "CREATE VIEW shop.sales.order_count AS SELECT COUNT(*) AS n FROM shop.sales.orders WHERE id > 0",
    HANDLER.format(name="with_owners_rights", rights="OWNER"),
    HANDLER.format(name="with_callers_rights", rights="CALLER"),
    "CREATE TASK shop.sales.nightly WAREHOUSE = wh SCHEDULE = '60 MINUTES' AS SELECT 1",
    *(f"CREATE ROLE {role}" for role in ("reader", "writer", "caller", "builder", "manager", "stranger", "probe")),
    *(f"GRANT USAGE ON DATABASE shop TO ROLE {r}" for r in ("reader", "writer", "caller", "builder", "probe")),
    *(f"GRANT USAGE ON SCHEMA shop.sales TO ROLE {r}" for r in ("reader", "writer", "caller", "builder", "probe")),
    *(f"GRANT USAGE ON WAREHOUSE wh TO ROLE {r}" for r in ("reader", "writer", "caller", "builder", "stranger")),
    "GRANT SELECT ON TABLE shop.sales.orders TO ROLE reader",
    "GRANT SELECT ON TABLE shop.sales.orders TO ROLE probe",
    "GRANT INSERT, UPDATE, DELETE ON TABLE shop.sales.orders TO ROLE writer",
    "GRANT SELECT ON VIEW shop.sales.order_count TO ROLE caller",
    "GRANT USAGE ON PROCEDURE shop.sales.with_owners_rights() TO ROLE caller",
    "GRANT USAGE ON PROCEDURE shop.sales.with_callers_rights() TO ROLE caller",
    "GRANT OPERATE ON TASK shop.sales.nightly TO ROLE caller",
    "GRANT CREATE TABLE, CREATE VIEW, CREATE TASK ON SCHEMA shop.sales TO ROLE builder",
    "CREATE STAGE shop.sales.files",
    "GRANT READ ON STAGE shop.sales.files TO ROLE reader",
    "GRANT READ, WRITE ON STAGE shop.sales.files TO ROLE writer",
    "GRANT ROLE reader TO ROLE manager",
    "CREATE USER clerk",
    "GRANT ROLE manager TO USER clerk",
)


@contextmanager
def role_world(folder: Path) -> Iterator[As]:
    """Runs a statement as a role, or without naming one, on a server where what was not granted is refused."""
    with served("local_cloud.snowflake", "--data-dir", str(folder)) as server:
        connections: dict[tuple[str, str], Any] = {}

        def run(role: str, sql: str, user: str = "root", *, describe: bool = False) -> Rows:
            if (role, user) not in connections:
                place = {"database": "SHOP", "schema": "SALES"}
                named = {"role": role, "warehouse": "WH"} if role else {"role": None, "warehouse": None}
                connections[role, user] = connect(server, user=user, **place, **named)
            if describe:
                return [(column.name,) for column in connections[role, user].cursor().describe(sql)]
            rows: Rows = connections[role, user].cursor().execute(sql).fetchall()
            return rows

        for statement in SET_UP:
            run("ACCOUNTADMIN", statement)
        yield run
        for connection in connections.values():
            connection.close()
