"""The Makefile prints its own help, names what it promises, and says what to do where there is no Python."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import tree


def make(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", *arguments], cwd=folder, capture_output=True, text=True, check=False)


def targets(makefile: str) -> set[str]:
    # The first line names what users call, the second the parts of check.
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    return set(phony.group(1).split())


def test_help_is_the_default_and_lists_every_target() -> None:
    told = make(tree.ROOT).stdout
    listed = set(re.findall(r"^  make (\S+) +\S", told, re.MULTILINE))
    assert listed == targets(tree.text(Path("Makefile")))
    assert {"setup", "demo", "up", "test", "check"} <= listed


def test_every_target_that_runs_something_of_ours_sets_up_by_itself() -> None:
    rules = dict(re.findall(r"^([a-z-]+):([^#\n]*)", tree.text(Path("Makefile")), re.MULTILINE))
    parts = rules.pop("check").split()
    assert {name for name, needs in rules.items() if ".venv/.ready" not in needs} == {"help", "clean"}
    assert set(parts) <= set(rules)


def test_the_tests_play_as_many_scenarios_as_the_simulation_alone() -> None:
    played = re.findall(r"pytest .*--seeds (\d+)", tree.text(Path("Makefile")))
    assert played == ["2000", "2000"]


def test_without_a_fitting_python_make_says_how_to_name_one(tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    shutil.copy(tree.ROOT / "Makefile", folder)
    (folder / ".ci").mkdir()
    for name in ("pyproject.toml", "uv.lock", ".ci/setup.py"):
        (folder / name).touch()
    done = make(folder, "setup", "PYTHON=/no/such/python")
    assert done.returncode != 0
    assert "make PYTHON=/path/to/python3.11" in done.stderr
    assert not (folder / ".venv" / ".ready").exists()


@pytest.mark.parametrize(
    "closing", ["==== 1 failed, 2 passed in 3.45s (0:00:03) ====", "7 passed in 376.50s (0:06:16)"]
)
@pytest.mark.parametrize("code", [0, 1])
def test_ci_prints_the_closing_line_of_pytest_last_and_fails_with_it(tmp_path: Path, closing: str, code: int) -> None:
    shutil.copytree(tree.ROOT / ".ci", tmp_path / ".ci")
    before = "check test-thorough test-deployment test-browser:\n\t@true\n"
    recipe = f"{before}test:\n\t@echo '{closing}'\n\t@echo 'afterwards' >&2\n\t@exit {code}\n"
    (tmp_path / "Makefile").write_text(recipe, encoding="utf-8")
    done = run_ci(tmp_path, with_browser())
    assert (done.returncode, done.stdout.splitlines()[-1]) == (code, closing)


STEPS = ("check", "test-thorough", "test-deployment", "test", "test-browser")


def ci_with(folder: Path, failing: str | None) -> None:
    shutil.copytree(tree.ROOT / ".ci", folder / ".ci")
    steps = {step: "false" if step == failing else "true" for step in STEPS}
    recipes = "".join(f"{step}:\n\t@{does}\n" for step, does in steps.items())
    (folder / "Makefile").write_text(recipes, encoding="utf-8")


def run_ci(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    program = str(folder / ".ci" / "run")
    return subprocess.run([program], capture_output=True, text=True, check=False, env=environment)


def with_browser() -> dict[str, str]:
    return {**os.environ, "CHROME_PATH": sys.executable}


@pytest.mark.parametrize("failing", [None, "check", "test-thorough", "test-deployment", "test-browser"])
def test_ci_fails_when_only_one_step_fails(tmp_path: Path, failing: str | None) -> None:
    ci_with(tmp_path, failing)
    assert run_ci(tmp_path, with_browser()).returncode == int(failing is not None)


def test_ci_says_plainly_that_the_pages_were_not_opened_where_no_browser_can_be_had(tmp_path: Path) -> None:
    ci_with(tmp_path, failing="test-browser")
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "sh", "make", "mktemp", "dirname", "id", "rm", "tee", "grep", "tail", "true", "false"):
        tools.joinpath(name).symlink_to(str(shutil.which(name)))
    done = run_ci(tmp_path, {"PATH": str(tools)})
    assert "make test-browser: not run: no browser is here" in done.stdout
    assert done.returncode == 0
