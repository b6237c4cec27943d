"""The steps of each Dockerfile, in a folder: what would be in the image imports, starts, and is no larger than said."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from contract.outcome import ExitCode
from executor.cli.elsewhere import NEEDS
from executor.cli.verbs import VERBS
from tests.unit.infra.dockerfile import IMAGES, Image, image

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).resolve().parents[3]
LARGEST_MB = {"executor": 160, "runner": 320, "documents": 600}
"""Megabytes of environment and code of ours; the base image comes on top."""


@dataclass(frozen=True, slots=True)
class Built:
    """What an image would hold, in a folder."""

    name: str
    said: Image
    folder: Path

    def run(self, words: str | list[str]) -> "subprocess.CompletedProcess[str]":
        """Run a program as the image would: its variables and nothing else but a home to write to."""
        environment = {
            "PATH": f"{self.folder / '.venv/bin'}:/usr/bin:/bin",
            "PYTHONPATH": str(self.folder),
            "HOME": str(self.folder / "home"),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = ["sh", "-c", words] if isinstance(words, str) else words
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )


@pytest.fixture(scope="module", params=IMAGES)
def built(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    name = str(request.param)
    said, folder = image(name), tmp_path_factory.mktemp(name) / "image"
    for part in ("pyproject.toml", "uv.lock", ".ci/setup.py", "infra/smoke.py"):
        (folder / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / part, folder / part)
    if (ROOT / ".tools").is_dir():  # the tool that reads the lock, where it is here already
        (folder / ".tools").symlink_to(ROOT / ".tools")
    (install,) = (command.split(" && ")[0] for command in said.commands() if "setup.py" in command)
    environment = {**os.environ, "UV_NO_BUILD": "1"}
    words = [sys.executable, *install.split()[1:]]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=400)
    assert done.returncode == 0, done.stderr
    for package in said.copied():
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "home").mkdir()
    return Built(name, said, folder)


def test_every_module_of_the_program_finds_what_it_imports(built: Built) -> None:
    done = built.run(built.said.commands()[-1].replace("/smoke.py", "infra/smoke.py"))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_module_that_lacks_its_library_is_noticed(built: Built) -> None:
    package = built.said.copied()[0]
    (built.folder / package / "lacking.py").write_text("import a_library_that_nobody_has\n")
    done = built.run(["python", "infra/smoke.py", package])
    (built.folder / package / "lacking.py").unlink()
    assert done.returncode == 1
    assert f"{package}.lacking: No module named 'a_library_that_nobody_has'" in done.stderr


def test_the_program_starts_and_says_what_it_lacks(built: Built) -> None:
    entry = built.said.words("ENTRYPOINT")
    if IMAGES[built.name][0] == "runner":
        done = built.run(entry)
        assert done.returncode == ExitCode.BAD_PARAMETERS, done.stderr
        assert "no task spec" in done.stdout
        return
    done = built.run([*entry, *built.said.words("CMD")])
    assert done.returncode == 2
    assert "REPORTING_BUCKET: is not set" in done.stderr
    assert built.run([*entry, "run", "--help"]).returncode == 0
    health = built.run(["python", "-m", "executor.health", str(built.folder / "home" / "heartbeat")])
    assert (health.returncode, "no heartbeat" in health.stderr) == (1, True)


def test_every_verb_is_there_or_says_where_to_run_it(built: Built) -> None:
    if built.name != "executor":
        return
    for verb in VERBS:
        done = built.run(["python", "-m", "executor", verb, "--help"])
        there = (done.returncode, "Usage:" in done.stdout, done.stderr) == (0, True, "")
        told = (done.returncode, "Run it in a checkout of the project" in done.stderr) == (2, True)
        assert (there, told) == (verb not in NEEDS, verb in NEEDS), done.stderr


def test_it_holds_no_more_than_it_needs(built: Built) -> None:
    # The tool that installs stays in the stage that builds, as only the environment is copied out of it.
    command = ["du", "-sm", "--exclude=home", "--exclude=.tools", str(built.folder)]
    found = subprocess.run(command, capture_output=True, text=True, check=True)
    megabytes = int(re.split(r"\s", found.stdout)[0])
    sys.stdout.write(f"{built.name}: {megabytes} MB\n")
    assert megabytes <= LARGEST_MB[built.name]
    packages = {path.name.lower() for path in (built.folder / ".venv/lib").glob("python3*/site-packages/*")}
    assert not packages & {"pytest", "mypy", "moto", "fakesnow", "duckdb", "uv", "pip"}
    assert ("pyarrow" in packages) == (built.name != "executor")
    assert ("typst" in packages) == (built.name == "documents")
