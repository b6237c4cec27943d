"""One local Snowflake with the product in it; a test that breaks things deploys into a database of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector

from executor.cli.local_settings import CONNECTION, write_files
from tests.local_stack import served


@dataclass(frozen=True)
class Account:
    """A local Snowflake into which the product was deployed through ``connections.toml``."""

    home: Path
    arguments: dict[str, Any]

    def deploy(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Deploy as an operator would, with nothing set but the connection's name."""
        own = {key: value for key, value in os.environ.items() if not key.startswith(("SNOWFLAKE_", "REPORTING_"))}
        own |= {"SNOWFLAKE_HOME": str(self.home), "SNOWFLAKE_DEFAULT_CONNECTION_NAME": CONNECTION}
        own |= {"REPORTING_INSTALLATION": "deploying", "REPORTING_BUCKET": "report-files", **environment}
        command = [sys.executable, "-m", "executor", "deploy", "snowflake", *options]
        return subprocess.run(command, env=own, capture_output=True, text=True, check=False, timeout=120)

    def connect(self) -> snowflake.connector.SnowflakeConnection:
        names = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
        return snowflake.connector.connect(**self.arguments, **names, paramstyle="qmark")


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    home = tmp_path_factory.mktemp("home")
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path_factory.mktemp("snowflake"))) as server:
        arguments = {"account": "local", "user": "tester", "password": "any-password", "protocol": "http"}
        arguments |= {"host": server["host"], "port": server["port"]}
        write_files(home, {f"SNOWFLAKE_{name.upper()}": str(value) for name, value in arguments.items()})
        found = Account(home, arguments)
        done = found.deploy()
        assert done.returncode == 0, done.stderr
        yield found


@pytest.fixture
def connection(account: Account) -> Iterator[snowflake.connector.SnowflakeConnection]:
    with account.connect() as found:
        yield found
