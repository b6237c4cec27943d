"""Every banned call of pyproject.toml is really refused; a rule with a misspelt name would refuse nothing."""

import json
import subprocess
import sys
from pathlib import Path

from tests.house import tree


def refused(source: str, path: str) -> set[str]:
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [str(ruff), "check", "--select", "TID251", "--output-format", "json", "--stdin-filename", path, "-"],
        input=source,
        cwd=tree.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return {finding["message"].split("`")[1] for finding in json.loads(done.stdout)}


def test_every_banned_call_is_refused() -> None:
    banned = tree.pyproject()["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]
    source = "".join(f"import {name.split('.')[0]}\n{name}()\n" for name in banned)
    assert banned != {}
    for path in ("executor/core/seeded.py", "contract/seeded.py", "local_cloud/seeded.py"):
        assert refused(source, path) == set(banned)


def test_what_is_not_banned_is_let_be() -> None:
    assert refused("import datetime\ndatetime.timedelta(1)\n", "executor/core/seeded.py") == set()
