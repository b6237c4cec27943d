"""A ZIP archive that is written front to back, to a sink that cannot go back."""

import zipfile
from typing import Any, Final

from runner.writers.format import ByteSink

_LEVEL: Final = 1
"""The rows repeat so much that the fastest level leaves about a third more bytes than the slowest, at a fifth of its
time."""


class _Stream:
    """A sink as the module zipfile writes to it: without seek and tell, it does not go back."""

    def __init__(self, sink: ByteSink) -> None:
        """Pass bytes on to the sink."""
        self._sink = sink

    def write(self, data: bytes | memoryview) -> int:
        """Pass the bytes on."""
        return self._sink.write(data)

    def flush(self) -> None:
        """Keep nothing back anyway."""


class StreamingArchive(zipfile.ZipFile):
    """An archive on the sink; one that is given up is left as it is."""

    def __init__(self, sink: ByteSink) -> None:
        """Begin the archive."""
        stream: Any = _Stream(sink)
        super().__init__(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    def __del__(self) -> None:
        """Do not end an archive whose report failed: its file is no more."""
