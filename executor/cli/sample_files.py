"""The rows of the examples as files, made by a process of its own: it computes for seconds while others wait."""

import shutil
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Self

from executor.cli.children import Child

if TYPE_CHECKING:
    from local_cloud.sample_data.tables import Made

MADE_WITHIN_S = 60.0


class SampleFiles:
    """The shop of the examples up to a day, as long as a `with` block lasts.

    Args:
        folder: the files lie below it.
        last_day: the last day with orders.
        ahead: begin now, because they will be asked for; else they are made when they are.
    """

    def __init__(self, folder: Path, last_day: date, *, ahead: bool) -> None:
        self.last_day = last_day
        self._folder = folder / "sample-data"
        self._log = folder / "logs" / "sample-data.log"
        self._child = self._start() if ahead else None

    def made(self) -> "Made":
        """Wait for the files.

        Raises:
            CommandError: they were not made; the last words of the process are in the message.
        """
        from local_cloud.sample_data.tables import Made  # noqa: PLC0415 - only this command needs the local extra

        self._child = self._child or self._start()
        return Made(self._folder, self._child.ready(MADE_WITHIN_S)["rows"])

    def __enter__(self) -> Self:
        """Answer with what waits for the files."""
        return self

    def __exit__(self, *_: object) -> None:
        """End what makes them, and take the files away."""
        if self._child:
            self._child.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> Child:
        self._folder.mkdir(parents=True, exist_ok=True)
        asked = ["--last-day", self.last_day.isoformat(), "--folder", str(self._folder)]
        return Child("the sample data", [sys.executable, "-m", "local_cloud.sample_data", *asked], self._log)
