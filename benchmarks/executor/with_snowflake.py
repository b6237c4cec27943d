"""The local Snowflake with the product installed, and the settings by which one signs in to it."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import snowflake.connector

from executor.cli.aws_options import AwsOptions
from executor.cli.local_stack import Ports, local_stack

SIGNING_IN = ("ACCOUNT", "USER", "PASSWORD", "HOST", "PORT", "PROTOCOL", "DATABASE", "SCHEMA", "WAREHOUSE")


@contextmanager
def installed() -> Iterator[dict[str, str]]:
    """A local Snowflake with queue and procedures; gives the ``SNOWFLAKE_*`` variables."""
    with (
        tempfile.TemporaryDirectory() as folder,
        local_stack(
            Path(folder), executor=False, ports=Ports(), aws_options=AwsOptions(), say=lambda _line: None
        ) as stack,
    ):
        yield {f"SNOWFLAKE_{name}": stack.environment[f"SNOWFLAKE_{name}"] for name in SIGNING_IN}


def connect(signing_in: dict[str, str]) -> snowflake.connector.SnowflakeConnection:
    """A connection of one's own."""
    arguments: dict[str, Any] = {name.removeprefix("SNOWFLAKE_").lower(): it for name, it in signing_in.items()}
    return snowflake.connector.connect(**arguments, paramstyle="qmark", platform_detection_timeout_seconds=0.0)
