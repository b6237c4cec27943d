"""In an environment of the executor's extra alone, every verb is there, or says where it can be run."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

from executor.cli import elsewhere
from executor.cli.errors import CommandError
from executor.cli.verbs import VERBS
from executor.deploy.recipes import RECIPES

OURS = {"contract", "doctor", "executor", "local_cloud", "runner", "snowpark_procs", "sql"}
ALONE = """
import json, sys
absent = set(json.loads(sys.argv[1]))

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

import importlib.util
there = importlib.util.find_spec
importlib.util.find_spec = lambda name, *more: None if name in absent else there(name, *more)
sys.meta_path.insert(0, Absent())

from executor.cli.errors import CommandError
from executor.cli.main import app
from executor.cli.verbs import VERBS, loaded
from typer.testing import CliRunner

found = {}
for verb in VERBS:
    try:
        command = loaded(verb)
        found[verb] = [command.make_context(verb, ["--help"], resilient_parsing=True) and "there", ""]
    except CommandError as error:
        found[verb] = ["elsewhere", str(error)]
    except ImportError as error:
        found[verb] = ["broken", str(error)]
listed = CliRunner().invoke(app, ["--help"]).stdout
print(json.dumps({"verbs": found, "listed": listed}))
"""


def carried() -> set[str]:
    """The distributions that the lock gives an environment with the extra ``executor`` and nothing else."""
    lock = tomllib.loads(Path("uv.lock").read_text(encoding="utf-8"))
    packages: dict[str, list[dict[str, Any]]] = {}
    for package in lock["package"]:
        packages.setdefault(package["name"], []).append(package)
    (ours,) = packages["reporting"]
    left = [*needed(ours["dependencies"]), *needed(ours["optional-dependencies"]["executor"])]
    found = set[str]()
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += [inner for package in packages.get(name, ()) for inner in needed(package.get("dependencies"))]
            for package in packages.get(name, ()):
                extras = package.get("optional-dependencies", {})
                left += [inner for one in extras.values() for inner in needed(one)]
    return found


def needed(listed: Any) -> Iterator[str]:
    yield from (str(one["name"]) for one in listed or ())


def absent() -> set[str]:
    """Every module at hand here that such an environment would not have."""
    there = carried()
    names = {
        name for name, owners in packages_distributions().items() if not {canonical(one) for one in owners} & there
    }
    return (names | OURS) - set(RECIPES["executor"].packages) - set(sys.stdlib_module_names)


def canonical(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def test_in_the_executors_image_every_verb_is_there_or_says_where_it_is() -> None:
    gone = absent()
    assert {"doctor", "runner", "local_cloud", "schemachange", "moto", "yaml", "pytest"} <= gone
    assert not {"executor", "boto3", "typer", "snowflake", "pydantic"} & gone
    command = [sys.executable, "-c", ALONE, json.dumps(sorted(gone))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    states = {verb: state for verb, (state, _) in told["verbs"].items()}
    assert states == {verb: "elsewhere" if verb in elsewhere.NEEDS else "there" for verb in VERBS}, told["verbs"]
    for verb in elsewhere.NEEDS:
        assert f"reporting {verb} is not in this installation" in told["verbs"][verb][1]
    listed = [line.split()[1] for line in told["listed"].splitlines() if line.startswith("│ ") and line[2] not in " -"]
    assert set(listed) == set(VERBS) - set(elsewhere.NEEDS)


def test_a_verb_that_is_not_here_says_where_to_run_it() -> None:
    elsewhere.check("run", lambda _name: None)
    with pytest.raises(CommandError, match=r"no doctor.*Run it in a checkout of the project"):
        elsewhere.check("doctor", lambda _name: None)
    assert all(elsewhere.is_here(verb) for verb in VERBS)
