"""The lease in memory, replaced only over the version that was read."""

from collections.abc import Callable

from executor.core.leadership import LeaseView


class MemoryLease:
    """The ``Lease`` port without S3; executors that compete share one object of it."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        """``now_s`` is the clock of the place where the lease lies."""
        self._now_s = now_s
        self._version = 0
        self._written_at_s = 0.0
        self._content: tuple[str, bool] | None = None

    async def read(self) -> LeaseView | None:
        """The lease as it stands."""
        if self._content is None:
            return None
        holder, released = self._content
        return LeaseView(holder, self._now_s() - self._written_at_s, str(self._version), released)

    async def write(self, holder: str, over: LeaseView | None) -> bool:
        """Take or renew it over the version that was read."""
        return self._put(holder, over, released=False)

    async def release(self, holder: str) -> None:
        """Let it go, if it is ours."""
        lease = await self.read()
        if lease is not None and lease.holder == holder:
            self._put(holder, lease, released=True)

    def remove(self) -> None:
        """Somebody deleted the object."""
        self._content = None

    def _put(self, holder: str, over: LeaseView | None, *, released: bool) -> bool:
        current = None if self._content is None else str(self._version)
        if current != (over.etag if over else None):
            return False
        self._version += 1
        self._content, self._written_at_s = (holder, released), self._now_s()
        return True
