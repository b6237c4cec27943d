"""The pages of the business reports, made once by the runner from the sample data, and a browser to open them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract.parameters import resolve_parameters
from contract.report import ReportDefinition
from local_cloud.sample_data.load import load_sample_data
from sql.reports import load_report, report_names
from tests.browser.devtools import Browser
from tests.browser.finding import NONE_FOUND, browser_path
from tests.local_stack import BUSINESS_DATE, DATABASE, local_stack

BUSINESS_REPORTS = [name for name in report_names() if name != "CONNECTION_TEST"]


@dataclass(frozen=True)
class MadePage:
    """A report's page on the disk, its definition, and the rows that its data files hold."""

    url: str
    definition: ReportDefinition
    rows: dict[str, list[dict[str, Any]]]


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    program = browser_path()
    if program is None:
        pytest.exit(NONE_FOUND, returncode=1)
    with Browser(program, tmp_path_factory.mktemp("profile")) as started:
        yield started


@pytest.fixture(scope="session")
def pages(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> dict[str, MadePage]:
    del browser  # without one there is nothing to make pages for
    folder = tmp_path_factory.mktemp("pages")
    with local_stack(tmp_path_factory.mktemp("clouds")) as stack:
        load_sample_data(stack.connection, database=DATABASE, last_day=BUSINESS_DATE, progress=lambda _step: None)
        return {name: _made(stack, name, folder) for name in BUSINESS_REPORTS}


def _made(stack: Any, name: str, folder: Path) -> MadePage:
    loaded = load_report(name) | {"formats": ["html", "json"]}
    definition = ReportDefinition.model_validate(loaded)
    attempt = stack.attempt(loaded, resolve_parameters(definition, {}, BUSINESS_DATE), report_type=name)
    ended = attempt.run()
    assert ended.process.returncode == 0, ended.lines[-2:]
    page = folder / f"{name.lower()}.html"
    page.write_bytes(attempt.read("report.html"))
    rows = {
        query.name: json.loads(attempt.read(f"{query.name}.json"), parse_float=Decimal) for query in definition.queries
    }
    return MadePage(page.as_uri(), definition, rows)


@pytest.fixture(params=BUSINESS_REPORTS)
def page(request: pytest.FixtureRequest, pages: dict[str, MadePage]) -> MadePage:
    return pages[request.param]
