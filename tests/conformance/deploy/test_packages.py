"""The procedures' code as Snowflake has it: the zip, and beside it nothing but what PACKAGES names."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from executor.deploy import procedures_zip
from tests.conformance.deploy.conftest import Account

ENVIRONMENTS = Path(__file__).parents[2] / "procedure_packages"


@pytest.fixture(scope="module")
def zipped(tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, raw = procedures_zip.build()
    path = tmp_path_factory.mktemp("zip") / name
    path.write_bytes(raw)
    return path


def called(account: Account, environment: str, zipped: Path) -> dict[str, Any]:
    python = ENVIRONMENTS / environment / ".venv" / "bin" / "python"
    assert python.exists(), f"{python} is missing; run: make tests/procedure_packages/{environment}/.venv/.ready"
    command = [str(python), "-I", str(ENVIRONMENTS / "call_handlers.py"), str(zipped)]
    command += [str(account.arguments["host"]), str(account.arguments["port"])]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.mark.parametrize(("environment", "pydantic"), [("oldest", "2.7.0"), ("newest", "2.")])
def test_p20_handlers_work_from_the_zip_with_the_oldest_and_the_newest_pydantic(
    account: Account, zipped: Path, environment: str, pydantic: str
) -> None:
    told = called(account, environment, zipped)
    assert told["pydantic"].startswith(pydantic)
    assert told["code"].startswith(str(zipped))
    said = told["answers"]
    assert (said["define_report"]["version"], said["generate_report"]["status"]) == (1, "QUEUED")
    assert said["report_status"]["job_id"] == said["generate_report"]["job_id"]
    assert said["report_status"]["priority"] == 70
    assert said["generate_reports"]["enqueued"] == 3
    assert said["define_report"]["report_type"] in {
        job["report_type"] for job in said["generate_daily_reports"]["jobs"]
    }
    assert said["cancel_report"]["job_id"] == said["generate_report"]["job_id"]
    assert said["prune_history"]["keep_days"] == 30
    assert "options.priority" in said["refused"]
    assert "options.no_such" in said["refused"]


def test_the_same_code_is_the_same_zip_in_another_process(zipped: Path) -> None:
    script = "from executor.deploy import procedures_zip as z; import sys; n, r = z.build(); sys.stdout.buffer.write(r)"
    again = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, timeout=60).stdout
    assert again == zipped.read_bytes()


def test_the_zip_holds_code_and_statements_and_nothing_that_installs_them(zipped: Path) -> None:
    with zipfile.ZipFile(zipped) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names} == {"contract", "snowpark_procs", "sql"}
    assert {name.split("/")[1] for name in names if name.startswith("sql/") and name.count("/") > 1} == {"queries"}
