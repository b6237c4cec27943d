"""Report definitions by version: immutable, so each is read once."""

from collections.abc import Iterable

from contract.job import JobRow
from contract.report import ReportDefinition
from contract.request import effective_definition, kept_options
from executor.ports import Store, Unreadable


class MissingDefinitionError(LookupError):
    """A job names a report version that ``REPORT_TYPES`` does not have."""


class UnreadableDefinitionError(ValueError):
    """A job names a report version of which this executor does not understand all."""


class Definitions:
    """Fetches what is not known yet, for many jobs in one statement."""

    def __init__(self, store: Store) -> None:
        """An empty shelf."""
        self._store = store
        self._known: dict[tuple[str, int], ReportDefinition | Unreadable] = {}

    async def fetch(self, jobs: Iterable[JobRow]) -> None:
        """Read the definitions of these jobs, where not known."""
        unknown = {(job.report_type, job.report_version) for job in jobs} - self._known.keys()
        if unknown:
            self._known |= await self._store.definitions(sorted(unknown))

    def of(self, job: JobRow) -> ReportDefinition:
        """The definition that a job was asked with.

        Raises:
            MissingDefinitionError: there is none of that version.
            UnreadableDefinitionError: there is, in words that this executor does not know.
        """
        found = self._known.get((job.report_type, job.report_version))
        if found is None:
            raise MissingDefinitionError(f"report type {job.report_type} has no version {job.report_version}")
        if isinstance(found, Unreadable):
            raise UnreadableDefinitionError(f"version {job.report_version} of {job.report_type}: {found.says}")
        return found

    def effective(self, job: JobRow) -> ReportDefinition:
        """The definition with the job's own options laid over it."""
        return effective_definition(self.of(job), kept_options(job.options))
