"""One local stack per folder."""

import os
from pathlib import Path

import pytest

from executor.cli.errors import CommandError
from executor.cli.folder_claim import claimed


def test_who_comes_second_is_told_who_is_there_and_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "not there yet"
    with claimed(folder), pytest.raises(CommandError) as refused, claimed(folder):
        pass
    said = str(refused.value)
    assert f"a local stack runs in {folder} already, as process {os.getpid()}" in said
    assert f"set -a; . '{folder}/env'; set +a" in said
    assert "name another folder with --dir" in said


def test_a_folder_is_free_again_when_its_stack_has_ended_however_it_did(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), claimed(tmp_path):
        raise ZeroDivisionError
    with claimed(tmp_path):
        assert (tmp_path / "up.pid").read_text() == str(os.getpid())
