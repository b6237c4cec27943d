"""The heartbeat as a file, for a health check that runs beside the executor."""

import json
from collections.abc import Mapping
from pathlib import Path


class HeartbeatFile:
    """The ``Heartbeat`` port on a file; ``python -m executor.health`` judges its age."""

    def __init__(self, path: str) -> None:
        """``path`` lies on a disk of this machine; its folder must exist."""
        self._path = Path(path)
        self._next = self._path.with_name(f"{self._path.name}.next")

    def beat(self, now_s: float, late_s: Mapping[str, float]) -> None:
        """Say that all is well at this moment of the monotonic clock, which all processes of a machine share.

        Raises:
            OSError: the file cannot be written, for example because the disk is full.
        """
        text = json.dumps({"monotonic_s": now_s, "late_s": dict(late_s)})
        self._next.write_text(text, encoding="utf-8")
        self._next.replace(self._path)  # a reader sees the old heartbeat or the new one, never half of one
