"""Who may import whom: our own packages by the contracts in pyproject.toml, the outside world by the table here."""

import ast
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import tree

VENDORS = {"aiobotocore", "boto3", "botocore", "snowflake.connector"}
# The longest fitting name counts; the standard library is free except where a contract forbids it.
OUTSIDE: dict[str, set[str]] = {
    "contract": {"pydantic"},
    "sql": set(),
    "snowpark_procs": {"pydantic", "snowflake.snowpark"},
    "runner": {"pydantic", "boto3", "botocore", "pyarrow", "snowflake.connector", "types_boto3_s3", "xlsxwriter"},
    "runner.connection_test.tls": {"certifi", "cryptography"},  # the connector brings both, and trusts the first
    "runner.documents": {"noto_cjk_sans_otc", "pyarrow", "pymupdf_fonts", "vl_convert"},
    "runner.writers.html": {"jinja2", "markupsafe", "pyarrow"},
    "runner.writers.pdf": {"pyarrow", "typst"},
    "runner.writers.shown": {"babel"},
    "executor": {"pydantic", "structlog"},
    "executor.settings": {"pydantic", "pydantic_settings"},
    "executor.core": {"pydantic"},  # its types are written to S3 and read back, as the contract's are
    "executor.batches": set(),
    "executor.port_errors": set(),
    "executor.ports": set(),
    "executor.testing": {"pydantic"},
    "executor.adapters": VENDORS | {
        "pydantic", "pydantic_core", "structlog", "types_aiobotocore_ecs", "types_aiobotocore_logs",
        "types_aiobotocore_s3", "types_aiobotocore_sqs",
    },
    "executor.wiring": {"aiobotocore"},
    "executor.deploy": VENDORS,
    "executor.deploy.environment": {"pydantic"},
    "executor.deploy.key_pairs": {"cryptography"},  # the connector brings it
    "executor.deploy.migrations": {"schemachange", "structlog"},  # whose notes go through structlog
    "executor.cli": VENDORS | {"pydantic", "pydantic_settings", "rich", "structlog", "typer"},
    "doctor.health_checks.cloudformation": {"yaml"},
    "doctor.health_checks.dockerfile": {"dockerfile_parse"},
    "doctor.health_checks.redirects": {"tree_sitter"},
    "doctor.health_checks.shell": {"tree_sitter", "tree_sitter_bash"},
    "doctor.health_checks.shell_words": {"tree_sitter"},
    "doctor": set(),
    "local_cloud.aws.cloudformation.template": {"moto", "yaml"},  # moto brings it
    "local_cloud.snowflake.credentials": {"cryptography", "jwt"},  # the connector brings both
    "local_cloud": {
        "boto3", "botocore", "duckdb", "fakesnow", "moto", "pyarrow", "snowflake.connector",
        "snowflake.snowpark", "sqlglot", "starlette", "types_boto3_ecs", "types_boto3_logs", "types_boto3_s3",
        "types_boto3_secretsmanager", "uvicorn", "werkzeug",
    },
}  # fmt: skip
# One wrong line for each contract of pyproject.toml: its id, a module, what that module must not say.
SEEDED = [
    ("contract", "contract/states.py", "import time"),
    ("contract", "contract/states.py", "import sql"),
    ("sql", "sql/__init__.py", "import contract.states"),
    ("procedures", "snowpark_procs/calendar.py", "import executor.board"),
    ("runner", "runner/settings.py", "import sql"),
    ("local-cloud", "local_cloud/aws/settings.py", "import runner.settings"),
    ("health-checks", "doctor/health_checks/judge.py", "import subprocess"),
    ("explanations", "doctor/explain/explain.py", "import boto3"),
    ("offline", "doctor/offline/every.py", "import boto3"),
    ("local-cloud-users", "executor/deploy/snowflake.py", "import local_cloud.aws"),
    ("executor", "executor/cli/main.py", "import snowpark_procs.handlers"),
    ("executor-layers", "executor/ports.py", "import executor.loops.claim"),
    ("executor-layers", "executor/whatever.py", "import executor.core.watch"),
    ("core", "executor/core/watch.py", "import logging"),
    ("core", "executor/core/watch.py", "import random"),
    ("loops", "executor/loops/claim.py", "import executor.adapters.system_clock"),
    ("loops", "executor/writer.py", "import botocore"),
    ("adapters", "executor/adapters/s3_lease.py", "import executor.core.settle"),
    ("adapters", "executor/testing/memory_lease.py", "import executor.core.settle"),
    ("executor-layers", "executor/adapters/s3_lease.py", "import executor.testing.memory_lease"),
    ("adapters-apart", "executor/adapters/s3_lease.py", "import executor.adapters.cloudwatch_logs"),
    ("wiring", "executor/deploy/snowflake.py", "import executor.wiring"),
    ("deploy", "executor/deploy/snowflake.py", "import executor.adapters.s3_lease"),
]

# One process for all of them, because what it costs is to start and to read every module for the first time.
PROGRAM = """
import json, sys
from pathlib import Path
from importlinter.cli import lint_imports

def kept(*contracts):
    return lint_imports(limit_to_contracts=contracts, cache_dir="cache", is_debug_mode=True, no_logo=True) == 0

found = [kept()]
for contract, module, line in json.loads(sys.argv[1]):
    path = Path(module)
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text((before or "") + f"\\n{line}\\n", encoding="utf-8")
    found.append(kept(contract))
    path.unlink() if before is None else path.write_text(before, encoding="utf-8")
print(json.dumps(found))
"""


def imported(source: str) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, []) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, [alias.name for alias in node.names]


def strangers(module: str, source: str) -> list[str]:
    """Imports from outside that the module's package may not have."""
    package = max((name for name in OUTSIDE if f"{module}.".startswith(f"{name}.")), key=len)
    known = OUTSIDE[package] | set(tree.PACKAGES) | sys.stdlib_module_names

    def is_known(name: str) -> bool:
        return any(f"{name}.".startswith(f"{allowed}.") for allowed in known)

    return [
        name
        for name, parts in imported(source)
        if not is_known(name) and not (parts and all(is_known(f"{name}.{part}") for part in parts))
    ]


def decisions(source: str) -> list[str]:
    """What an adapter or a fake takes from the core besides types and tables, which begin with a capital."""
    return [
        f"{name}.{part}"
        for name, parts in imported(source)
        if name.startswith("executor.core")
        for part in parts or [""]
        if not part[:1].isupper()
    ]


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def test_a_package_sees_only_its_own_part_of_the_outside_world() -> None:
    paths = list(tree.files(".py", tree.PACKAGES))
    assert {str(path): found for path in paths if (found := strangers(module_name(path), tree.text(path)))} == {}


def test_adapters_and_fakes_take_types_and_tables_from_the_core() -> None:
    paths = list(tree.files(".py", ("executor/adapters", "executor/testing")))
    assert {str(path): found for path in paths if (found := decisions(tree.text(path)))} == {}


def test_a_stranger_is_noticed() -> None:
    assert strangers("contract.states", "import boto3") == ["boto3"]
    assert strangers("executor.core.watch", "import structlog") == ["structlog"]
    assert strangers("snowpark_procs.status", "import snowflake.connector") == ["snowflake.connector"]
    assert strangers("snowpark_procs.status", "from snowflake import connector") == ["snowflake"]
    assert strangers("snowpark_procs.status", "from snowflake.snowpark import Session") == []


def test_a_decision_in_an_adapter_is_noticed() -> None:
    assert decisions("from executor.core.launch import LaunchProfile, run_task") == ["executor.core.launch.run_task"]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages without their data, to be spoilt line by line."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copy(tree.ROOT / "pyproject.toml", folder)
    for path in tree.files(".py", tree.PACKAGES):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(tree.ROOT / path, folder / path)
    return folder


@pytest.fixture(scope="module")
def kept(copy: Path) -> list[bool]:
    """Whether all contracts are kept by the packages as they are, then whether each one's is with its wrong line."""
    command = [sys.executable, "-c", PROGRAM, json.dumps(SEEDED)]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_without_a_wrong_line_every_contract_is_kept(kept: list[bool]) -> None:
    assert kept[0]
    assert len(kept) == 1 + len(SEEDED)


@pytest.mark.parametrize(("contract", "module", "line"), SEEDED)
def test_a_forbidden_import_breaks_its_contract(kept: list[bool], contract: str, module: str, line: str) -> None:
    assert not kept[1 + SEEDED.index((contract, module, line))]


def test_every_contract_has_a_line_that_breaks_it() -> None:
    contracts = tree.pyproject()["tool"]["importlinter"]["contracts"]
    assert {contract["id"] for contract in contracts} == {contract for contract, _, _ in SEEDED}
