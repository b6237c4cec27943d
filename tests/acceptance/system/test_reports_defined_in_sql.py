"""A report type from its definition to links that work, through the whole system."""

import csv
import hashlib
import io
import json
import re
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from sql.reports import load_report, report_names
from tests.acceptance.system.driving import Analyst, Stack

HOW_TO = Path(__file__).parents[3] / "docs" / "how-to" / "define-a-report.md"
DEFINE = "CALL reporting.define_report(?, PARSE_JSON(?)::OBJECT)"


def definition(*columns: str) -> str:
    return json.dumps(
        {
            "title": "Categories",
            "parameters": {"since": {"type": "string", "format": "date", "default": "start_of_year"}},
            "queries": [
                {
                    "name": "by_category",
                    "sql": f"SELECT {', '.join(columns)} FROM sales.sold_lines WHERE ordered_on >= :since "
                    "GROUP BY category ORDER BY category",
                }
            ],
            "formats": ["csv", "json"],
        }
    )


def fetched(url: str) -> tuple[bytes, dict[str, str]]:
    with urllib.request.urlopen(url) as answer:
        return answer.read(), {name.lower(): value for name, value in answer.headers.items()}


@pytest.fixture(scope="module")
def defined(stack: Stack) -> str:
    """A type with two versions, and a job that was asked for between them."""
    with stack.connect() as connection:
        analyst = Analyst(connection)
        assert analyst.call(DEFINE, "CATEGORIES", definition("category"))["version"] == 1
        job_id = analyst.call("CALL reporting.generate_report('categories')")["job_id"]
        told = analyst.call(DEFINE, "CATEGORIES", definition("category", "SUM(amount) AS revenue"))
        assert told["columns"] == {"by_category": ["CATEGORY", "REVENUE"]}
        return str(job_id)


@pytest.fixture
def made(defined: str, executor: Any, analyst: Analyst) -> str:
    row = analyst.ended(defined)
    assert row["STATUS"] == "SUCCEEDED", row
    return defined


def test_a_job_runs_with_the_version_it_was_asked_with(made: str, analyst: Analyst) -> None:
    links = analyst.call("CALL reporting.report_url(?)", made)
    (url,) = [file["url"] for file in links["files"] if file["name"] == "by_category.csv"]
    rows = list(csv.reader(io.StringIO(fetched(url)[0].decode())))
    assert rows[0] == ["category"], "version 2 would have revenue beside it"
    assert len(rows) > 1


def test_links_work_and_bring_what_the_view_says(made: str, analyst: Analyst) -> None:
    links = analyst.call("CALL reporting.report_url(?, 60)", made)
    assert (links["expires_s"], links["file_count"]) == (60, 2)
    listed = analyst.rows("SELECT * FROM reporting.report_files WHERE job_id = ? ORDER BY position", made)
    assert [file["name"] for file in links["files"]] == [row["NAME"] for row in listed]
    for file, row in zip(links["files"], listed, strict=True):
        body, headers = fetched(file["url"])
        assert (len(body), hashlib.sha256(body).hexdigest()) == (row["BYTES"], row["SHA256"])
        assert headers["content-type"] == row["CONTENT_TYPE"]
        assert headers["content-disposition"].startswith("attachment")
        saved_as = (
            rf'filename="categories_\d{{4}}-\d\d-\d\d_{made.removeprefix("CATEGORIES_")}_by_category\.{row["FORMAT"]}"'
        )
        assert re.search(saved_as, headers["content-disposition"])
        assert row["URI"].startswith("s3://reporting-local/reports/CATEGORIES/adhoc/")


def test_the_command_prints_a_link_that_works(made: str, stack: Stack) -> None:
    told = stack.reporting("url", made)
    assert [line.split()[0] for line in told.stdout.splitlines()[::2]] == ["by_category.csv", "by_category.json"]
    only = stack.reporting("url", made, "--file", "by_category.json", "--expires", "60")
    assert json.loads(fetched(only.stdout.strip())[0])


def test_the_how_to_is_true(stack: Stack, analyst: Analyst) -> None:
    define, grants, generate, change, drop = re.findall(r"```sql\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    answer, changed = re.findall(r"```json\n(.*?)```", HOW_TO.read_text(), re.DOTALL)
    assert analyst.call(define.strip().rstrip(";")) == json.loads(answer)
    for statement in grants.split(";")[:2]:
        analyst.rows(statement)
    assert analyst.call(generate.strip().rstrip(";"))["status"] == "QUEUED"
    assert analyst.call(change.strip().rstrip(";")) == json.loads(changed)
    assert analyst.call(drop.strip().rstrip(";"))["changed"]


@pytest.mark.parametrize("name", report_names())
def test_a_built_in_report_passes_what_every_author_must(analyst: Analyst, name: str) -> None:
    answer = analyst.call(DEFINE, name, json.dumps(load_report(name)))
    assert (answer["version"], answer["changed"]) == (1, False), "its queries compile and give every column it names"


def test_a_report_is_previewed_with_few_rows(stack: Stack, tmp_path: Path) -> None:
    done = stack.reporting("preview", "sales_report", "--rows", "2", "--format", "csv", "--dir", str(tmp_path))
    assert f"{tmp_path}/monthly.csv (2 rows, " in done.stdout
    assert len((tmp_path / "monthly.csv").read_text().splitlines()) == 3
    assert {"by_category.csv", "monthly.csv"} <= {path.name for path in tmp_path.iterdir()}


def test_a_definition_is_previewed_before_it_is_defined(stack: Stack, tmp_path: Path, analyst: Analyst) -> None:
    document = json.loads(definition("category"))
    (tmp_path / "query.sql").write_text(document["queries"][0].pop("sql"))
    document["queries"][0]["file"] = "query.sql"
    (tmp_path / "mine.json").write_text(json.dumps(document))
    asked = ["preview", "MINE", "--definition", str(tmp_path / "mine.json"), "--dir", str(tmp_path / "made"), "--json"]
    answer = json.loads(stack.reporting(*asked, "--param", "since=2026-01-01").stdout)
    assert [file["name"] for file in answer["files"]] == ["by_category.csv", "by_category.json"]
    assert analyst.rows("SELECT 1 FROM reporting.report_types WHERE report_type = 'MINE'") == []
