"""Links to a report's files: which jobs have them, for how long, and what is said where there are none."""

from typing import Any

import pytest
from snowflake.snowpark.exceptions import SnowparkSQLException

from contract.refusal import RefusedError
from snowpark_procs import handlers
from tests.unit.procs.conftest import Database
from tests.unit.procs.test_procedures import NOW, job_row

FILE = {"name": "monthly.csv", "uri": "s3://b/reports/SALES/adhoc/j/1/monthly.csv", "bytes": 12, "row_count": 2}


@pytest.fixture
def filled(database: Database) -> Database:
    row = job_row(status="SUCCEEDED", report_type="SALES", business_date=None, files=1)
    database.answers = {
        "now": [{"now": NOW}],
        "job_for_caller": [row],
        "files_of_job": [FILE],
        "link": lambda path, expires_s: [{"url": f"https://{path}?{expires_s}"}],
    }
    return database


def test_every_file_has_its_link_below_the_place_of_the_reports(filled: Database) -> None:
    answer = handlers.report_url(filled.session, "j", 60)
    assert answer["files"] == [FILE | {"url": "https://SALES/adhoc/j/1/monthly.csv?60"}]
    assert (answer["expires_s"], answer["expires_at"]) == (60, "2026-03-04T12:01:00+00:00")


@pytest.mark.parametrize("expires_s", [None, 0, -1, 3601, 10**30])
def test_p22_a_time_out_of_range_is_refused(filled: Database, expires_s: Any) -> None:
    with pytest.raises(RefusedError, match=r"^expires_s: .* is not between 1 and 3600 seconds"):
        handlers.report_url(filled.session, "j", expires_s)


@pytest.mark.parametrize("status", ["QUEUED", "RUNNING", "FAILED", "CANCELLED"])
def test_p22_a_job_that_made_no_files_has_no_links(filled: Database, status: str) -> None:
    filled.answers["job_for_caller"] = [job_row(status=status)]
    with pytest.raises(RefusedError, match=f"job_id: j is {status}; only a job that SUCCEEDED has files"):
        handlers.report_url(filled.session, "j", 60)


def test_p22_an_installation_without_a_stage_says_what_it_takes(filled: Database) -> None:
    def refuse(path: str, expires_s: int) -> list[dict[str, Any]]:
        raise SnowparkSQLException(f"no stage for {path} {expires_s}", sql_error_code=2003)

    filled.answers["link"] = refuse
    with pytest.raises(RefusedError, match="set REPORTING_STORAGE_INTEGRATION and run reporting deploy snowflake"):
        handlers.report_url(filled.session, "j", 60)
