"""Model tests need neither network nor time."""

import pytest

from tests.no_outside import forbid


@pytest.fixture(autouse=True)
def no_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    forbid(monkeypatch)
