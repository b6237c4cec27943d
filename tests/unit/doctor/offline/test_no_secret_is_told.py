"""What stands in files as people write them is told without their secrets."""

from pathlib import Path
from typing import Any

import pytest

from doctor.explain.addresses import doubts
from tests.unit.doctor.offline.right import judged, spoilt

_WEB = "definition/taskDefinition/containerDefinitions/0"
_CANARY = "c4n4ry-v4lue"
_SPOILT: list[tuple[str, str, Any]] = [
    ("secret_references", f"{_WEB}/secrets/0/valueFrom", f"{_CANARY}!&"),
    ("secret_references", f"{_WEB}/secrets/0/valueFrom", f"arn:{_CANARY}"),
    ("command", f"{_WEB}/entryPoint", [f"serve --password={_CANARY}"]),
    ("command", f"{_WEB}/entryPoint", [f"serve --db-password {_CANARY}"]),
    ("dockerfiles", "web.Dockerfile", ("FROM ", f"FROM alpine:3.20\nENTRYPOINT run --token={_CANARY}\n#")),
    (
        "endpoints",
        f"{_WEB}/environment/0",
        {"name": "DATABASE_URL", "value": f"postgres://app:a {_CANARY}@db.acme.net"},
    ),
]


@pytest.mark.parametrize(("theory", "path", "value"), _SPOILT)
def test_a_fault_is_told_without_the_secret_in_it(theory: str, path: str, value: Any, tmp_path: Path) -> None:
    results = judged(tmp_path, spoilt(path, value))
    assert any(one.id == theory and one.faults for one in results), [one.id for one in results if one.faults]
    assert _CANARY not in str(results)


@pytest.mark.parametrize(
    "password", [_CANARY, f"a/{_CANARY}", f"{_CANARY}/a", f"a b{_CANARY}", f"{_CANARY} b", f"a@{_CANARY}"]
)
def test_a_doubt_about_an_address_never_shows_its_password(password: str) -> None:
    value = f"postgres://app:{password}@db:x"
    told = doubts("DATABASE_URL", value, arn="", alone=True, connected=False)
    assert told
    assert _CANARY not in str(told)
