"""Which files of a folder are judged."""

import json
from pathlib import Path

import pytest

from doctor.offline.reading import NothingKnownError, read

_TASK = json.dumps({"family": "web", "containerDefinitions": [{"name": "web", "image": "web:1"}]})


def _folder(at: Path) -> Path:
    at.mkdir(parents=True)
    (at / "task.json").write_text(_TASK)
    return at


def test_a_folder_below_a_hidden_one_is_read(tmp_path: Path) -> None:
    assert len(read([_folder(tmp_path / ".work" / "infra")]).definitions) == 1


def test_a_folder_beside_this_one_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _folder(tmp_path / "infra")
    monkeypatch.chdir(_folder(tmp_path / "here"))
    assert len(read([Path("../infra")]).definitions) == 1


def test_what_is_hidden_inside_a_folder_is_left_out(tmp_path: Path) -> None:
    _folder(tmp_path / "infra" / ".cache")
    _folder(tmp_path / "infra" / "own")
    assert len(read([tmp_path / "infra"]).definitions) == 1


def test_a_folder_that_holds_nothing_known_is_refused(tmp_path: Path) -> None:
    _folder(tmp_path / "infra" / ".cache")
    with pytest.raises(NothingKnownError, match="infra: holds no CloudFormation template"):
        read([tmp_path / "infra"])
