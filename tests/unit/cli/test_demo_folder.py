"""A demo deletes what an earlier demo left, and nothing else."""

from pathlib import Path

import pytest

from executor.cli.demo_folder import MARKER, DemoFolder
from executor.cli.errors import CommandError, Exit


def files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.name != MARKER}


def test_a_folder_that_no_demo_left_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(
        CommandError, match="holds files that no demo left; empty it, or name another folder"
    ) as refused:
        DemoFolder(tmp_path)
    assert refused.value.code is Exit.USAGE
    assert files(tmp_path) == {"thesis.txt"}


def test_a_file_in_its_place_is_refused(tmp_path: Path) -> None:
    (tmp_path / "demo").write_text("")
    with pytest.raises(CommandError, match="is a file"):
        DemoFolder(tmp_path / "demo")


@pytest.mark.parametrize("name", ["new", "new/er"])
def test_a_new_or_an_empty_folder_is_taken(tmp_path: Path, name: str) -> None:
    DemoFolder(tmp_path)
    DemoFolder(tmp_path / name).place("a/b.csv").write_text("1")
    assert (tmp_path / name / "a" / "b.csv").exists()


def test_the_next_demo_replaces_what_the_last_one_left_and_keeps_what_somebody_added(tmp_path: Path) -> None:
    first = DemoFolder(tmp_path)
    for name in ("sales/a.csv", "sales/b.csv", "logs/aws.log"):
        first.place(name).write_text("first")
    (tmp_path / "sales" / "notes.txt").write_text("mine")
    (tmp_path / "own.txt").write_text("mine")
    second = DemoFolder(tmp_path)
    second.clear()
    assert files(tmp_path) == {"sales", "sales/notes.txt", "own.txt"}
    second.place("sales/a.csv").write_text("second")
    third = DemoFolder(tmp_path)
    third.clear()
    assert files(tmp_path) == {"sales", "sales/notes.txt", "own.txt"}


def test_a_list_that_points_outside_deletes_nothing_there(tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("mine")
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / MARKER).write_text("../outside.txt\n")
    DemoFolder(folder).clear()
    assert (tmp_path / "outside.txt").exists()
