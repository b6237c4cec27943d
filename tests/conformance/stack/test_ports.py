"""The ports of the last time are taken again, where nobody else has them."""

import socket
from pathlib import Path

import pytest

from executor.cli.local_settings import write_files
from executor.cli.local_stack import Ports, _settled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_files(tmp_path, {"SNOWFLAKE_PORT": "0", "AWS_ENDPOINT_URL": "http://127.0.0.1:0"})
    return tmp_path


def remember(folder: Path, port: int) -> None:
    write_files(folder, {"SNOWFLAKE_PORT": str(port), "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}"})


def test_a_port_in_use_is_not_taken_again(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        remember(folder, port)
        assert _settled(Ports(), folder) == Ports(0, 0)
    assert _settled(Ports(), folder) == Ports(port, port)


def test_a_port_that_was_asked_for_is_not_second_guessed(folder: Path) -> None:
    remember(folder, 1)
    assert _settled(Ports(5, 6), folder) == Ports(5, 6)


def test_without_a_last_time_any_free_port_will_do(tmp_path: Path) -> None:
    assert _settled(Ports(), tmp_path) == Ports(0, 0)
