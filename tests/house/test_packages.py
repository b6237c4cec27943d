"""What a procedure's DDL says of its surroundings is what its code needs: packages, runtime, where they come from."""

import ast
import re
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

from executor.deploy import procedures_zip
from tests.house import tree

DISTRIBUTIONS = {"snowflake.snowpark": "snowflake-snowpark-python", "pydantic": "pydantic"}
"""What is imported, and by which name PACKAGES asks for it."""
PROCEDURES = sorted(tree.files(".sql", ("sql/procedures",)))
ENVIRONMENTS = sorted(tree.files("pyproject.toml", ("tests/procedure_packages",)))
SURROUNDINGS = (
    "RUNTIME_VERSION = '3.11'",
    "ARTIFACT_REPOSITORY = snowflake.snowpark.pypi_shared_repository",
    "IMPORTS = ('@procedure_code/{{ procedures_zip }}')",
    "EXECUTE AS OWNER",
    "COPY GRANTS",
)


def module_file(name: str) -> Path | None:
    """Where a module of ours is, or None for another's."""
    parts = Path(*name.split("."))
    there = [path for path in (parts.with_suffix(".py"), parts / "__init__.py") if (tree.ROOT / path).is_file()]
    return there[0] if there and name.split(".", maxsplit=1)[0] in procedures_zip.PACKAGES else None


@cache  # the procedures share most of their code
def imported(source: str) -> frozenset[str]:
    """Every module that a source names in an import, with what is taken from it, as it may be a module too."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


def needed(module: str) -> set[str]:
    """The distributions that a module of the zip leads to, its imports followed."""
    found, seen, ahead = set(), set(), [module]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        path = module_file(name)
        if path is not None:
            ahead += imported(tree.text(path))
        elif name.split(".")[0] not in {*sys.stdlib_module_names, *procedures_zip.PACKAGES}:
            found.add(distribution(name))
    return found


def distribution(name: str) -> str:
    """By which name PACKAGES asks for a module; the module's own name where nobody has said."""
    known = [package for root, package in DISTRIBUTIONS.items() if f"{name}.".startswith(f"{root}.")]
    return known[0] if known else name


def asked(sql: str) -> set[str]:
    found = re.search(r"PACKAGES = \(([^)]*)\)", sql)
    return set(re.findall(r"'([^']+)'", found.group(1))) if found else set()


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_packages_are_what_the_handlers_code_imports(path: Path) -> None:
    handler = re.search(r"HANDLER = '([\w.]+)\.\w+'", tree.text(path))
    assert handler is not None
    assert asked(tree.text(path)) == needed(handler.group(1))


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: path.stem)
def test_every_procedure_says_its_runtime_and_where_packages_and_code_come_from(path: Path) -> None:
    sql = tree.text(path)
    assert [said for said in SURROUNDINGS if said not in sql] == []
    assert re.search(r"COMMENT = '.{20,}'", sql)


def test_the_environments_of_the_tests_hold_packages_and_no_more() -> None:
    wanted = needed("snowpark_procs.handlers")
    names = {}
    for path in ENVIRONMENTS:
        dependencies = tomllib.loads(tree.text(path))["project"]["dependencies"]
        names[path.parent.name] = {re.split(r"[<>=~]", line)[0] for line in dependencies}
    assert names == {"newest": wanted, "oldest": wanted}


def test_the_oldest_pydantic_is_the_one_that_the_contract_names() -> None:
    taken = next(line for line in tree.pyproject()["project"]["dependencies"] if line.startswith("pydantic"))
    oldest = re.search(r">=([\d.]+)", taken)
    assert oldest is not None
    assert f'"pydantic=={oldest.group(1)}.0"' in tree.text(Path("tests/procedure_packages/oldest/pyproject.toml"))
    assert f'"{taken}"' in tree.text(Path("tests/procedure_packages/newest/pyproject.toml"))


def test_a_package_too_many_and_one_that_is_missing_are_noticed() -> None:
    assert needed("snowpark_procs.handlers") == {"snowflake-snowpark-python", "pydantic"}
    assert needed("contract.report") == {"pydantic"}
    assert asked("PACKAGES = ('pydantic', 'pandas')") == {"pydantic", "pandas"}
    assert distribution("pandas.core") == "pandas.core"
    assert imported("from a import b\nimport c.d") == {"a", "a.b", "c.d"}
