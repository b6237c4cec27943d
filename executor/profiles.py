"""Launch profiles by name: immutable, so each is read once."""

from contract.job import JobRow
from contract.report import ReportDefinition
from executor.core.launch import LaunchProfile, fitted
from executor.ports import Artifacts


class Profiles:
    """The profile of new launches, and those that earlier launches were made with."""

    def __init__(self, artifacts: Artifacts, current: LaunchProfile, documents: str | None = None) -> None:
        """``current`` is what this executor launches with; ``documents`` the task definition of HTML and PDF."""
        self._artifacts = artifacts
        self._known: dict[str, LaunchProfile] = {}
        self._documents = documents
        self.current = current

    def fitting(self, definition: ReportDefinition) -> LaunchProfile:
        """The profile of new launches of a report of this definition."""
        return fitted(self.current, definition, self._documents)

    def own_task_definition(self, job: JobRow) -> str | None:
        """The task definition that a job was launched with, if it is not the usual one."""
        used = self.task_definition_of(job)
        return None if used == self.current.task_definition else used

    async def keep(self, profile: LaunchProfile) -> None:
        """See that a profile is kept, before anything is launched with it."""
        if profile.name not in self._known:
            await self._artifacts.put_profile(profile)
            self._known[profile.name] = profile

    def task_definition_of(self, job: JobRow) -> str | None:
        """The task definition that a job was launched with, or None while its profile was not read."""
        known = {self.current.name: self.current, **self._known}.get(job.launch_profile or "")
        return known.task_definition if known else None

    async def of(self, job: JobRow) -> LaunchProfile:
        """The profile that a job's row names.

        Raises:
            LookupError: there is none of that name.
        """
        name = job.launch_profile or self.current.name
        if name == self.current.name:
            return self.current
        if name not in self._known:
            self._known[name] = await self._artifacts.profile(name)
        return self._known[name]
