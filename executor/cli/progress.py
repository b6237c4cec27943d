"""How a long command shows that it works: a live picture in a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Any, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from contract.states import TERMINAL, JobState

COLOURS = {JobState.SUCCEEDED: "green", JobState.FAILED: "red", JobState.RUNNING: "cyan"}


class Progress:
    """Steps as they are done, and jobs as they move; use it as a context manager."""

    def __init__(self, console: Console) -> None:
        """Time counts from here."""
        self._console = console
        self._began_s = time.monotonic()
        self._statuses: dict[str, str] = {}
        self._rows: list[dict[str, Any]] = []
        self._doing = "starting"
        self._live = Live(get_renderable=self._picture, console=console, transient=True, refresh_per_second=8)

    def __enter__(self) -> Self:
        """Begin to draw, if there is a terminal to draw in."""
        if self._console.is_terminal:
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave only the lines."""
        if self._live.is_started:
            self._live.stop()

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return time.monotonic() - self._began_s

    def say(self, text: str) -> None:
        """A step is done."""
        self._console.print(f"[dim]{self.seconds:5.1f} s[/]  {text}")

    def do(self, text: str) -> None:
        """What is being done now, for the spinner."""
        self._doing = text

    def jobs(self, rows: list[dict[str, Any]]) -> None:
        """The jobs as they stand; a line for each that has moved."""
        self._rows = rows
        for row in rows:
            status = row["status"]
            if self._statuses.get(row["job_id"]) != status:
                self._statuses[row["job_id"]] = status
                if status in TERMINAL or not self._console.is_terminal:
                    self.say(f"{row['report_type']:<20} [{COLOURS.get(status, 'yellow')}]{status}[/]")

    def _picture(self) -> RenderableType:
        spinner = Spinner("dots", Text(f"{self.seconds:5.1f} s  {self._doing}", style="bold"))
        moving = [row for row in self._rows if row["status"] not in TERMINAL]
        if not moving:
            return spinner
        table = Table.grid(padding=(0, 2))
        for row in moving:
            colour = COLOURS.get(row["status"], "yellow")
            table.add_row("        ", row["report_type"], f"[{colour}]{row['status']}[/]", f"attempt {row['attempt']}")
        return Group(spinner, table)
