"""All files of a report on their way into the bucket; none is there before all are whole."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from contract.manifest import ReportFile
from contract.outcome import ExitCode
from contract.report import ReportFormat
from runner.failures import RunFailedError
from runner.senders import Senders
from runner.store import Store
from runner.upload import PART_BYTES, Label, Upload

HELD_BYTES: Final = 32 * 1024 * 1024
"""Small files stay in memory until they are published, as long as they are no more than this together."""

_AT_ONCE: Final = 4


class Uploads:
    """Where a report's files go: :class:`runner.writers.format.Outlet`."""

    def __init__(self, store: Store, shown_as: Callable[[str], str], *, first_part: int = PART_BYTES) -> None:
        """Begin with no files.

        Args:
            store: where they go.
            shown_as: the name under which a browser saves a file, from its name.
            first_part: bytes of each file's first parts.
        """
        self._store = store
        self._shown_as = shown_as
        self._first_part = first_part
        self._senders = Senders()
        self._lock = threading.Lock()
        self._files: list[Upload] = []
        self._held_bytes = 0
        self._given_up = False

    @property
    def bytes(self) -> int:
        """Bytes written so far, of all files."""
        return sum(file.size_bytes for file in self._files)

    def open(self, name: str, kind: ReportFormat, content_type: str, query: str | None) -> Upload:
        """Begin a file; ``query`` is None when it holds the whole report.

        Raises:
            ValueError: there is a file of that name already, or the name is none of a file.
            RunFailedError: the run ends (143).
        """
        if "/" in name or name in {file.label.name for file in self._files}:
            raise ValueError(f"{name!r} cannot be the name of one more file of the report")
        label = Label(name, kind, content_type, query, self._shown_as(name))
        file = Upload(self._store, self._senders, label, may_hold=self._may_hold, first_part=self._first_part)
        with self._lock:
            if self._given_up:
                raise RunFailedError(ExitCode.STOPPED, "no file is begun because the run ends")
            self._files.append(file)
        return file

    def publish(self) -> tuple[ReportFile, ...]:
        """Let the files be seen, when every byte of each has arrived.

        Raises:
            RunFailedError: S3 cannot be written (14), or the run ends (143).
        """
        with ThreadPoolExecutor(_AT_ONCE, "publish") as pool:
            published = tuple(pool.map(Upload.publish, self._files))
        self._senders.close()
        return published

    def give_up(self) -> None:
        """Begin no further file, and forget at S3 what was sent of those that are not published."""
        with self._lock:
            self._given_up = True
            files = list(self._files)
        with ThreadPoolExecutor(_AT_ONCE, "give-up") as pool:
            for _ in pool.map(Upload.give_up, files):
                pass
        self._senders.close()

    def _may_hold(self, size_bytes: int) -> bool:
        if self._held_bytes + size_bytes > HELD_BYTES:
            return False
        self._held_bytes += size_bytes
        return True
