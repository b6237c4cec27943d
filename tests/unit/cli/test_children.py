"""What a child of the local stack says when it is ready is heard, also when it has ended by then."""

import select
import sys
from pathlib import Path

import pytest

from executor.cli.children import Child
from executor.cli.errors import CommandError


def child(folder: Path, program: str) -> Child:
    return Child("the sample data", [sys.executable, "-I", "-S", "-c", program], folder / "child.log")


def test_a_child_that_speaks_and_ends_between_two_looks_is_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, look, looks = child(tmp_path, "print('{\"rows\": 7}')"), select.select, list[int]()

    def looked_too_early(*what: object) -> object:
        looks.append(1)
        if len(looks) > 1:
            return look(*what)  # type: ignore[arg-type]  # as it was called
        found._process.wait()
        return [], [], []

    monkeypatch.setattr(select, "select", looked_too_early)
    monkeypatch.setattr(Child, "runs", property(lambda _: not looks))  # it ends after the first question, never before
    try:
        assert found.ready() == {"rows": 7}
    finally:
        found.stop()


def test_the_last_words_of_a_child_that_ended_without_a_word_of_readiness_are_told(tmp_path: Path) -> None:
    found = child(tmp_path, "import sys; print('getting there'); sys.exit('no room')")
    with pytest.raises(CommandError, match=r"(?s)the sample data did not start.*no room"):
        found.ready()
    found.stop()
