"""``latest.json`` of each report type: of the reports of one round, only the newest is worth a write."""

import structlog

from contract.manifest import Latest
from executor.port_errors import CloudUnavailableError
from executor.ports import Artifacts

log = structlog.get_logger()


class LatestReports:
    """The newest report of each type that ``latest.json`` does not point at yet."""

    def __init__(self, artifacts: Artifacts) -> None:
        """``artifacts`` is where they are written."""
        self._artifacts = artifacts
        self._newest: dict[str, Latest] = {}

    def put(self, latest: Latest) -> None:
        """Take a report for the next write, unless a newer one of its type waits."""
        waits = self._newest.get(latest.report_type)
        if waits is None or waits.finished_at <= latest.finished_at:
            self._newest[latest.report_type] = latest

    async def write(self) -> None:
        """Write what waits.

        Trouble with one type is told: a report that was made is not undone by it, and the type's next one comes.

        Raises:
            CloudUnavailableError: S3 cannot be asked; what was not written still waits.
        """
        for latest in list(self._newest.values()):
            try:
                await self._artifacts.put_latest(latest)
            except CloudUnavailableError:
                raise
            except Exception as error:  # noqa: BLE001 - told; see above
                log.warning(
                    "latest.json was not written", action="latest_fault", job_id=latest.job_id, reason=str(error)
                )
            if self._newest.get(latest.report_type) is latest:
                del self._newest[latest.report_type]
