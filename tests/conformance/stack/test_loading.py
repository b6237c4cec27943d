"""What a command loads before it does anything."""

import subprocess
import sys

SLOW = {"aiobotocore", "boto3", "snowflake.connector", "schemachange"}


def test_up_can_start_its_servers_before_it_loads_what_only_clients_need() -> None:
    program = "import sys; from executor.cli.verbs import loaded; loaded('up'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert SLOW.isdisjoint(loaded.stdout.split())
