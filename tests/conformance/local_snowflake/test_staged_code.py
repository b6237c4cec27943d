"""Handlers in a zip on a stage."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from snowflake.connector.errors import ProgrammingError

CREATE = (
    "CREATE OR REPLACE PROCEDURE {name}() RETURNS VARIANT LANGUAGE PYTHON RUNTIME_VERSION='3.11' "
    "PACKAGES=('snowflake-snowpark-python', 'pydantic') IMPORTS=('@code/app.zip') HANDLER='{handler}'"
)
MODULES = {
    "shop/__init__.py": "from __future__ import annotations\nVERSION = {version}\n",
    "shop/data/__init__.py": "",
    "shop/data/words.txt": "words from the zip",
    "shop/model.py": (
        "from __future__ import annotations\nfrom pydantic import BaseModel\nfrom . import VERSION\n"
        "class Order(BaseModel):\n    version: int | None = None\n    lines: list[Line] = []\n"
        "class Line(BaseModel):\n    n: int\n"
    ),
    "shop/main.py": (
        "from importlib.resources import files\nimport shop.model\nfrom shop.model import Order, VERSION\n"
        "def run(session):\n"
        "    order = Order.model_validate({{'version': VERSION, 'lines': [{{'n': 1}}]}})\n"
        "    return [order.version, type(order).__module__.endswith('shop.model'), "
        "files('shop.data').joinpath('words.txt').read_text() if False else shop.VERSION]\n"
        "def read(session):\n    return files(__package__).joinpath('data', 'words.txt').read_text()\n"
        "def stray(session):\n    import executor\n"
    ),
}


def put(ask: Any, folder: Path, version: int) -> None:
    archive = folder / "app.zip"
    with zipfile.ZipFile(archive, "w") as opened:
        for name, text in MODULES.items():
            opened.writestr(name, text.format(version=version))
    ask(f"PUT 'file://{archive}' @code OVERWRITE=TRUE AUTO_COMPRESS=FALSE")


@pytest.fixture
def staged(ask: Any, tmp_path: Path) -> Any:
    ask("CREATE STAGE code")
    put(ask, tmp_path, 1)
    ask(CREATE.format(name="app", handler="shop.main.run"))
    return ask


def test_a_handler_comes_from_its_zip_with_the_packages_it_asked_for(staged: Any) -> None:
    assert json.loads(staged("CALL app()")[0][0]) == [1, True, 1]


def test_new_code_on_the_stage_runs_without_a_restart(staged: Any, tmp_path: Path) -> None:
    staged("CALL app()")
    put(staged, tmp_path, 2)
    assert json.loads(staged("CALL app()")[0][0]) == [2, True, 2]


def test_files_beside_the_code_are_read_from_the_zip(staged: Any) -> None:
    staged(CREATE.format(name="reads", handler="shop.main.read"))
    assert staged("CALL reads()") == [('"words from the zip"',)]


def test_what_the_zip_does_not_hold_is_not_found_by_accident(staged: Any) -> None:
    staged(CREATE.format(name="stray", handler="shop.main.stray"))
    with pytest.raises(ProgrammingError, match="No module named 'executor'"):
        staged("CALL stray()")


def test_a_missing_zip_module_or_function_is_refused_at_creation(ask: Any, tmp_path: Path) -> None:
    ask("CREATE STAGE code")
    with pytest.raises(ProgrammingError, match=r"@code/app.zip' was not found"):
        ask(CREATE.format(name="app", handler="shop.main.run"))
    put(ask, tmp_path, 1)
    with pytest.raises(ProgrammingError, match="nowhere"):
        ask(CREATE.format(name="app", handler="shop.nowhere.run"))
    with pytest.raises(ProgrammingError, match="Function nothing is not defined"):
        ask(CREATE.format(name="app", handler="shop.main.nothing"))
