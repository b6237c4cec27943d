"""Tests of pure things open no socket and never sleep: a guard in their conftest.py makes both fail."""

import ast
import asyncio
import socket
import time
from pathlib import Path

import looptime
import pytest

from tests.house import tree
from tests.no_outside import OutsideWorldError, forbid

WORLDLESS = ("unit", "properties", "model", "simulation")


def is_guarded(conftest: str) -> bool:
    """Whether a fixture that every test gets calls the guard."""
    return any(
        isinstance(node, ast.FunctionDef)
        and any("autouse=True" in ast.unparse(decorator) for decorator in node.decorator_list)
        and "forbid(monkeypatch)" in ast.unparse(node)
        for node in ast.parse(conftest).body
    )


def test_every_folder_of_pure_tests_is_guarded() -> None:
    folders = [Path("tests", name) for name in WORLDLESS if any(tree.files(".py", (f"tests/{name}",)))]
    assert Path("tests/unit") in folders
    unguarded = [
        str(folder)
        for folder in folders
        if not (tree.ROOT / folder / "conftest.py").is_file() or not is_guarded(tree.text(folder / "conftest.py"))
    ]
    assert unguarded == []


def test_a_folder_without_the_guard_is_noticed() -> None:
    assert not is_guarded("import pytest\n")
    assert not is_guarded("@pytest.fixture\ndef no_outside(monkeypatch):\n    forbid(monkeypatch)\n")
    assert is_guarded("@pytest.fixture(autouse=True)\ndef no_outside(monkeypatch):\n    forbid(monkeypatch)\n")


def test_the_guard_stops_sockets(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    with socket.socket() as opened:
        with pytest.raises(OutsideWorldError):
            opened.bind(("127.0.0.1", 0))
        with pytest.raises(OutsideWorldError):
            opened.connect(("127.0.0.1", 9))


def test_the_guard_stops_sleep_but_not_virtual_time(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
    with pytest.raises(OutsideWorldError):
        time.sleep(0.001)
    with pytest.raises(OutsideWorldError):
        asyncio.run(asyncio.sleep(0.001))
    asyncio.run(asyncio.sleep(0))
    virtual = looptime.new_event_loop()
    try:
        virtual.run_until_complete(asyncio.sleep(3600))
    finally:
        virtual.close()
