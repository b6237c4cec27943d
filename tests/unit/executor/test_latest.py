"""``latest.json`` is written once for many reports, and never keeps the others from their end."""

from datetime import timedelta

import pytest

from contract.manifest import Latest
from executor.latest import LatestReports
from executor.port_errors import CloudUnavailableError
from executor.testing.memory_artifacts import MemoryArtifacts
from tests.jobs import NOW


class Bucket(MemoryArtifacts):
    """Counts writes, and fails as told."""

    def __init__(self, *troubles: Exception) -> None:
        super().__init__()
        self.troubles, self.written = list(troubles), list[str]()

    async def put_latest(self, latest: Latest) -> None:
        if self.troubles:
            raise self.troubles.pop(0)
        self.written.append(latest.job_id)


def latest(job_id: str, after_s: float, report_type: str = "SALES_REPORT") -> Latest:
    at = NOW + timedelta(seconds=after_s)
    return Latest(report_type=report_type, job_id=job_id, result_uri="s3://b/p/", manifest="s3://b/p/m", finished_at=at)


async def test_of_many_reports_of_a_type_only_the_newest_is_written() -> None:
    bucket = Bucket()
    reports = LatestReports(bucket)
    for one in (latest("a", 1), latest("c", 3), latest("b", 2), latest("d", 0, "OTHER_REPORT")):
        reports.put(one)
    await reports.write()
    await reports.write()
    assert bucket.written == ["c", "d"]


async def test_p14_what_an_outage_keeps_from_being_written_waits_for_its_end() -> None:
    bucket = Bucket(CloudUnavailableError("away"))
    reports = LatestReports(bucket)
    reports.put(latest("a", 1))
    with pytest.raises(CloudUnavailableError):
        await reports.write()
    await reports.write()
    assert bucket.written == ["a"]


async def test_p24_trouble_with_one_type_is_told_and_keeps_no_other_from_its_write() -> None:
    bucket = Bucket(ValueError("no"))
    reports = LatestReports(bucket)
    reports.put(latest("a", 1))
    reports.put(latest("b", 1, "OTHER_REPORT"))
    await reports.write()
    await reports.write()
    assert bucket.written == ["b"]
