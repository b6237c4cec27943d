"""Writes what waits to be written."""

from executor.writer import Writer


class Flush:
    """The one writer's clockwork."""

    def __init__(self, writer: Writer) -> None:
        """The writer to drain."""
        self._writer = writer

    async def tick(self) -> None:
        """Write all that waits."""
        await self._writer.drain()
