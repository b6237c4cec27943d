"""A line that can be cut or stalled: a TCP proxy that hands bytes on, both ways, as long as it is told to."""

import asyncio
from contextlib import suppress

LOOPBACK = "127.0.0.1"
PIECE_BYTES = 1 << 16


class Line:
    """One listening port in front of one other; what passes is not looked at."""

    def __init__(self, port: int, host: str = LOOPBACK) -> None:
        """``port`` and ``host`` of what stands behind the line."""
        self._behind = host, port
        self._open = asyncio.Event()
        self._open.set()
        self._is_cut = False
        self._pairs: dict[asyncio.Task[None], tuple[asyncio.StreamWriter, ...]] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port of this machine, then known as ``port``."""
        self._server = await asyncio.start_server(self._serve, LOOPBACK, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no longer, and break what is connected."""
        if self._server is not None:
            self._server.close()
        self._break_all()
        await asyncio.gather(*self._pairs, return_exceptions=True)

    def cut(self) -> None:
        """Break every connection, and each new one as it comes, until :meth:`mend`."""
        self._is_cut = True
        self._break_all()

    def stall(self) -> None:
        """Hold everything back without breaking anything, until :meth:`mend`; then it goes on where it stood."""
        self._open.clear()

    def mend(self) -> None:
        """Let everything through again."""
        self._is_cut = False
        self._open.set()

    @property
    def whole(self) -> bool:
        """Whether everything goes through."""
        return self._open.is_set() and not self._is_cut

    def _break_all(self) -> None:
        for writers in self._pairs.values():
            for writer in writers:
                # A reset, as a broken line gives, and no orderly end.
                writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        me = asyncio.current_task()
        if me is None or self._is_cut:
            writer.transport.abort()
            return
        self._pairs[me] = (writer,)
        try:
            with suppress(OSError):
                far_reader, far_writer = await asyncio.open_connection(*self._behind)
                self._pairs[me] = writer, far_writer
                self._look_again()
                await asyncio.gather(self._pump(reader, far_writer), self._pump(far_reader, writer))
        finally:
            for each in self._pairs.pop(me):
                each.transport.abort()

    def _look_again(self) -> None:
        # It may have been cut while the far end was being called.
        if self._is_cut:
            self._break_all()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(PIECE_BYTES):
            await self._open.wait()
            writer.write(piece)
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()
