"""A lease that says how long ago its holder renewed it."""

from executor.testing.memory_lease import MemoryLease


class AgingLease(MemoryLease):
    """The shipped fake, looked at without a call."""

    def age_s(self, holder: str) -> float | None:
        """Seconds since this holder wrote it; None when it is not his."""
        if self._content is None or self._content[0] != holder:
            return None
        return self._now_s() - self._written_at_s
