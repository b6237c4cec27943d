"""The SQL of the how-to guides runs as it stands there, through ``snow sql``, and answers with what they show.

Every key that is shown must be there and no other, and every value the same but for the ids, which only look alike.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from executor.cli.local_settings import CONNECTION, write_files
from tests.acceptance.system.driving import CLIENTS, plain_environment
from tests.conformance.ports import guide_steps
from tests.conformance.ports.stores import SnowflakeQueue
from tests.house import tree

GUIDES = ("define-a-report", "cancel-pause-and-retry", "fill-a-range-of-days", "who-may-do-what")
PLACE = {"database": "ANALYTICS_PLATFORM", "schema": "REPORTING", "warehouse": "REPORTS_WH"}
WHAT_THE_GUIDES_READ = """
CREATE SCHEMA IF NOT EXISTS analytics_platform.sales;
CREATE VIEW IF NOT EXISTS analytics_platform.sales.sold_lines AS
    SELECT 'books' AS category, 1.5 AS amount, TO_DATE('2026-01-01') AS ordered_on;
GRANT USAGE ON SCHEMA analytics_platform.sales TO ROLE report_runner;
GRANT SELECT ON VIEW analytics_platform.sales.sold_lines TO ROLE report_runner;
"""
RANDOM = re.compile(r"[0-9a-f]{12,}$")
Printed = dict[tuple[str, int], list[Any]]


def printed(answers: list[list[dict[str, Any]]]) -> Printed:
    """What each step of each guide answered, statement by statement."""
    found: Printed = {}
    for rows in answers:
        if rows and "GUIDE" in rows[0]:
            found[rows[0]["GUIDE"], int(rows[0]["STEP"])] = []
        elif found:
            list(found.values())[-1].append(rows)
    return found


@pytest.fixture(scope="module")
def guides() -> dict[str, guide_steps.Guide]:
    return {name: guide_steps.read(name, tree.text(Path(f"docs/how-to/{name}.md"))) for name in GUIDES}


@pytest.fixture(scope="module")
def transcript(
    guides: dict[str, guide_steps.Guide],
    snowflake_arguments: dict[str, Any],
    snowflake_queue: SnowflakeQueue,
    tmp_path_factory: pytest.TempPathFactory,
) -> Printed:
    """All guides in one session of one process, because ``snow`` takes seconds to start."""
    home = tmp_path_factory.mktemp("home")
    settings = {f"SNOWFLAKE_{name.upper()}": str(value) for name, value in (snowflake_arguments | PLACE).items()}
    write_files(home, settings)
    script = home / "guides.sql"
    script.write_text(WHAT_THE_GUIDES_READ + "\n".join(guide.script() for guide in guides.values()), encoding="utf-8")
    snowflake_queue.empty()
    # The guides are of a new installation; one of yesterday misses what was due over night.
    snowflake_queue.sql("UPDATE report_types SET defined_at = SYSDATE()")
    done = subprocess.run(
        [str(CLIENTS / "snow"), "sql", "--connection", CONNECTION, "--format", "json", "--filename", str(script)],
        env=plain_environment() | {"HOME": str(home), "SNOWFLAKE_HOME": str(home)},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    snowflake_queue.sql("DELETE FROM report_types WHERE report_type IN ('CATEGORY_SALES', 'PAYROLL')")
    snowflake_queue.empty()
    assert done.returncode == 0, done.stdout[-1000:] + done.stderr
    return printed(json.loads(done.stdout))


@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_does_what_it_says(guides: dict[str, guide_steps.Guide], transcript: Printed, name: str) -> None:
    ids: dict[str, str] = {}
    shown = list(guides[name].shown())
    assert shown
    for step, answer in shown:
        rows = next(rows for rows in reversed(transcript[name, step]) if "status" not in rows[0])
        ((text,),) = (row.values() for row in rows)
        assert_same(answer, json.loads(text), ids)


def assert_same(shown: Any, real: Any, ids: dict[str, str], key: str = "") -> None:
    if isinstance(shown, dict):
        assert shown.keys() == real.keys()
        for name in shown:
            assert_same(shown[name], real[name], ids, name)
    elif isinstance(shown, list) and shown and isinstance(shown[0], dict):
        assert_same(shown[0], real[0], ids, key)  # the first is shown for all
    elif key in guide_steps.IDS and shown is not None:
        assert ids.setdefault(shown, real) == real
        assert like_a_real_one(shown, real)
    else:
        assert shown == real, key


def like_a_real_one(shown: str, real: str) -> bool:
    forms = [RANDOM.sub(lambda found: "x" * len(found[0]), one) for one in (shown, real)]
    return forms[0] == forms[1]


def test_an_id_that_no_job_could_have_is_noticed() -> None:
    real = "SALES_REPORT_262bbb6d9c9a1e0662fe"
    assert like_a_real_one("SALES_REPORT_0a1b2c3d4e5f60718293", real)
    assert not like_a_real_one("SALES_REPORT_adhoc_0a1b2c3d", real)


def test_an_answer_that_a_guide_does_not_show_is_noticed() -> None:
    with pytest.raises(AssertionError):
        assert_same({"status": "QUEUED"}, {"status": "QUEUED", "new": 1}, {})
    with pytest.raises(AssertionError):
        assert_same({"jobs": [{"status": "QUEUED"}]}, {"jobs": [{"status": "FAILED"}]}, {})
