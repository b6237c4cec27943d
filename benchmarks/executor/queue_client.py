"""The ``Store`` port over the socket of the queue stub."""

import asyncio
import pickle
import struct
from typing import Any, Final

LENGTH: Final = struct.Struct("!I")
"""What stands before each message: how long it is."""


class QueueClient:
    """One statement at a time, as over one connection to Snowflake."""

    def __init__(self, path: str) -> None:
        """``path`` is the socket."""
        self._path = path
        self._one_at_a_time = asyncio.Lock()
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def __getattr__(self, method: str) -> Any:
        async def call(*values: Any) -> Any:
            async with self._one_at_a_time:
                if self._line is None:
                    self._line = await asyncio.open_unix_connection(self._path)
                reader, writer = self._line
                data = pickle.dumps((method, values))
                writer.write(LENGTH.pack(len(data)) + data)
                answer = pickle.loads(await reader.readexactly(*LENGTH.unpack(await reader.readexactly(LENGTH.size))))  # noqa: S301 - from our own stub
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call
