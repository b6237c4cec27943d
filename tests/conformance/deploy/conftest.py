"""One local Snowflake with the product in it; a test that breaks things deploys into a database of its own."""

import json
import os
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import snowflake.connector

from executor.cli.local_settings import CONNECTION, write_files
from executor.settings import ObjectNames, SnowflakeSettings
from tests.conformance.deploy.inventory import Inventory, inventory
from tests.forking import run
from tests.local_stack import served


@dataclass(frozen=True)
class Account:
    """A local Snowflake into which the product was deployed through ``connections.toml``."""

    home: Path
    data: Path
    arguments: dict[str, Any]
    fresh: Inventory = field(default_factory=dict)
    """Every object as the first deployment made it."""

    def deploy(self, *options: str, **environment: str) -> CompletedProcess[str]:
        """Deploy as an operator would, with nothing set but the connection's name."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("SNOWFLAKE_", "REPORTING_"))}
        own |= {"SNOWFLAKE_HOME": str(self.home), "SNOWFLAKE_DEFAULT_CONNECTION_NAME": CONNECTION}
        own |= {"REPORTING_INSTALLATION": "deploying", "REPORTING_BUCKET": "report-files", **environment}
        return run("executor", "deploy", "snowflake", *options, env=own)

    def what(self, **names: Any) -> dict[str, Any]:
        """What a deployment from this process is given; without the second that a process of its own takes to start."""
        sign_in = SnowflakeSettings.model_validate(self.arguments)
        found = ObjectNames.model_validate(names)
        return {"installation": "deploying", "bucket": "report-files", "names": found, "snowflake_settings": sign_in}

    def connect(self, database: str = "ANALYTICS_PLATFORM") -> snowflake.connector.SnowflakeConnection:
        names = {"database": database, "schema": "REPORTING", "warehouse": "REPORTS_WH"}
        return snowflake.connector.connect(**self.arguments, **names, paramstyle="qmark")


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    home, data = tmp_path_factory.mktemp("home"), tmp_path_factory.mktemp("snowflake")
    with served("local_cloud.snowflake", "--data-dir", str(data)) as server:
        arguments = {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
        arguments |= {"host": server["host"], "port": server["port"]}
        write_files(home, {f"SNOWFLAKE_{name.upper()}": str(value) for name, value in arguments.items()})
        found = Account(home, data, arguments)
        done = found.deploy()
        assert done.returncode == 0, done.stderr
        with found.connect() as connection:
            found.fresh.update(inventory(connection))
        yield found


@pytest.fixture
def connection(account: Account) -> Iterator[snowflake.connector.SnowflakeConnection]:
    with account.connect() as found:
        yield found


@pytest.fixture
def orders(account: Account) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
    """Orders trouble; what is left of it is taken back afterwards."""
    where = f"http://{account.arguments['host']}:{account.arguments['port']}/local-cloud/faults"

    def order(faults: list[dict[str, Any]]) -> None:
        body = json.dumps(faults).encode()
        urllib.request.urlopen(urllib.request.Request(where, body, method="POST"), timeout=30).close()

    yield order
    urllib.request.urlopen(urllib.request.Request(where, method="DELETE"), timeout=30).close()
