"""One local Snowflake for the whole suite, asked through the official clients; each test has a schema of its own."""

import itertools
import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from snowflake.connector import SnowflakeConnection

from tests.local_stack import served

DATABASE = "CONFORMANCE"
_numbers = itertools.count(1)


def connect(endpoint: dict[str, Any], **more: Any) -> SnowflakeConnection:
    settings: dict[str, Any] = {"user": "tester", "role": "ACCOUNTADMIN", "warehouse": "TEST_WH"} | more
    return snowflake.connector.connect(
        account="local",
        password="any",
        host=endpoint["host"],
        port=endpoint["port"],
        protocol="http",
        platform_detection_timeout_seconds=0,  # the connector would look for a cloud for 0.2 s at each connect
        **settings,
    )


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("snowflake")


@pytest.fixture(scope="session")
def endpoint(data_dir: Path) -> Iterator[dict[str, Any]]:
    with served("local_cloud.snowflake", "--data-dir", str(data_dir)) as server:
        yield server


@pytest.fixture(scope="session")
def administrator(endpoint: dict[str, Any]) -> Iterator[SnowflakeConnection]:
    with connect(endpoint) as connection:
        connection.cursor().execute(f"CREATE DATABASE {DATABASE}")
        connection.cursor().execute("CREATE WAREHOUSE test_wh")
        yield connection


@pytest.fixture
def schema(administrator: SnowflakeConnection) -> str:
    name = f"S{next(_numbers)}"
    administrator.cursor().execute(f"CREATE SCHEMA {DATABASE}.{name}")
    return name


@pytest.fixture(scope="session")
def as_role(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., list[tuple[Any, ...]]]]:
    """Runs a statement as a role, on a server whose roles and grants are those of `role_world`."""
    from tests.conformance.local_snowflake.role_world import role_world  # noqa: PLC0415  it asks through `connect`

    with role_world(tmp_path_factory.mktemp("roles")) as run:
        yield run


Opener = Callable[..., SnowflakeConnection]


@pytest.fixture
def opened(endpoint: dict[str, Any], schema: str) -> Iterator[Opener]:
    """Opens further connections to the test's schema; they end with the test."""
    connections: list[SnowflakeConnection] = []

    def opener(**more: Any) -> SnowflakeConnection:
        connections.append(connect(endpoint, **({"database": DATABASE, "schema": schema} | more)))
        return connections[-1]

    yield opener
    for connection in connections:
        connection.close()


Ask = Callable[..., list[tuple[Any, ...]]]


@pytest.fixture
def ask(opened: Opener) -> Ask:
    """Runs one statement with qmark binds on one connection and answers its rows."""
    cursor = opened(paramstyle="qmark").cursor()

    def rows(sql: str, params: tuple[Any, ...] | None = None) -> list[tuple[Any, ...]]:
        return cursor.execute(sql, params).fetchall()  # type: ignore[union-attr]  # a cursor, not None

    return rows


@pytest.fixture
def table(ask: Ask) -> Ask:
    """`ask`, with a table `t` of two rows."""
    ask("CREATE TABLE t (id INT, s STRING)")
    ask("INSERT INTO t VALUES (1, 'a'), (2, 'b')")
    return ask


Order = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def faults(endpoint: dict[str, Any]) -> Iterator[Order]:
    """Orders faults of the server; answers with those left. They end with the test."""

    def send(method: str, *orders: dict[str, Any]) -> list[dict[str, Any]]:
        body = json.dumps(orders).encode() if orders else None
        url = f"{endpoint['endpoint']}/local-cloud/faults"
        with urllib.request.urlopen(urllib.request.Request(url, body, method=method), timeout=30) as answer:
            left: list[dict[str, Any]] = json.load(answer)["faults"]
            return left

    yield send
    send("DELETE")
