"""``watch``: jobs as they move, with how far their containers say they are."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, Protocol

import typer
from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from contract.states import TERMINAL, JobState
from executor.cli.aws_clients import clients
from executor.cli.client import Client, connected
from executor.cli.errors import Exit
from executor.cli.jobs import Json, wide_console
from executor.cli.log_streams import LogSettings, new_lines
from executor.cli.progress import COLOURS
from executor.cli.region import region_faults
from executor.cli.stages import Stage, after

LOG_EVERY_S = 2.0
MOST = 200


class Tail(Protocol):
    """Reads on in the log of a task."""

    def __call__(self, task_arn: str, token: str | None) -> tuple[list[str], str | None]:
        """The new lines, and where to go on."""
        ...


@dataclass(slots=True)
class Watched:
    """One job: its row, how far its container is, and when the row was read."""

    row: dict[str, Any]
    read_at_s: float
    stage: Stage = field(default_factory=Stage)
    task: str | None = None
    token: str | None = None

    @property
    def ended(self) -> bool:
        """Whether nothing more will come."""
        return self.row["status"] in TERMINAL

    def shown(self, now_s: float) -> dict[str, Any]:
        """The job as it is printed."""
        age_s = self.row.get("age_s")
        return {
            "job_id": self.row["job_id"],
            "report_type": self.row["report_type"],
            "status": self.row["status"],
            "attempt": self.row["attempt"],
            "stage": self._stage(),
            "rows": self.row.get("rows_out") if self.ended else self.stage.rows,
            "age_s": None if age_s is None or self.ended else int(age_s + now_s - self.read_at_s),
        }

    def _stage(self) -> str:
        if self.ended:
            return str(self.row.get("diagnosis") or self.row.get("result_uri") or "")
        return self.stage.text or str(self.row.get("diagnosis") or "")


class Scene:
    """All that is watched."""

    def __init__(self, client: Client, tail: Tail | None, job_ids: list[str]) -> None:
        """Watch these jobs, or all that are open when none is named; without a tail only their rows."""
        self._client, self._tail, self._named = client, tail, job_ids
        self.jobs: dict[str, Watched] = {}

    def look(self, now_s: float) -> None:
        """Read the rows, which takes a warehouse."""
        rows = {row["job_id"]: row for row in self._client.rows("watched_jobs", most=MOST)}
        wanted = self._named or [*self.jobs, *(key for key in rows if key not in self.jobs)]
        for job_id in wanted:
            known = self.jobs.get(job_id)
            if known is not None and known.ended:
                continue
            row = rows.get(job_id) or self._client.job(job_id)
            if row["status"] == JobState.DUPLICATE and row["duplicate_of"] not in {None, job_id}:
                # Asked for before: what is wanted is the job that runs; it is looked at the next time.
                self._named = [row["duplicate_of"] if name == job_id else name for name in self._named]
                continue
            if known is None:
                self.jobs[job_id] = Watched(row, now_s)
            else:
                known.row, known.read_at_s = row, now_s

    def listen(self) -> None:
        """Read on in the logs of what runs, which takes none."""
        for job in self.jobs.values():
            arn = job.row.get("task_arn")
            if self._tail is None or job.ended or arn is None:
                continue
            if arn != job.task:  # a retry has a task of its own, and begins anew
                job.task, job.token, job.stage = arn, None, Stage()
            lines, job.token = self._tail(arn, job.token)
            for line in lines:
                job.stage = after(job.stage, line)

    @property
    def over(self) -> bool:
        """Whether every job that was asked for has ended."""
        return bool(self._named) and all(name in self.jobs and self.jobs[name].ended for name in self._named)

    def rows(self, now_s: float) -> list[dict[str, Any]]:
        """Every job as it is printed."""
        return [job.shown(now_s) for job in self.jobs.values()]


def watch(
    job_ids: Annotated[list[str] | None, typer.Argument(metavar="[JOB]…", help="Without one, all open jobs.")] = None,
    every_s: Annotated[
        float, typer.Option("--every", help="Seconds between looks at the rows, which keep the warehouse up.", min=1)
    ] = 10.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look once, print, end.")] = False,
    json_: Json = False,
) -> None:
    """Watch jobs move: stage and rows from their logs; until they have ended, or Ctrl-C."""
    with connected() as client:
        scene = Scene(client, _tail(), job_ids or [])
        console = wide_console()
        show = _printer(console, json_=json_, live=console.is_terminal and not once and not json_)
        with show:
            _follow(scene, show, every_s, once=once)
    if any(job.ended and job.row["status"] != JobState.SUCCEEDED for job in scene.jobs.values() if job_ids):
        raise typer.Exit(Exit.FAILED)


def _follow(
    scene: Scene,
    show: "_Printer",
    every_s: float,
    *,
    once: bool,
    sleep: Callable[[float], None] = time.sleep,
    clock_s: Callable[[], float] = time.monotonic,
) -> None:
    looked_s: float | None = None
    while True:
        if looked_s is None or clock_s() - looked_s >= every_s:
            looked_s = clock_s()
            scene.look(looked_s)
        scene.listen()
        show(scene.rows(clock_s()))
        if once or scene.over:
            return
        sleep(min(LOG_EVERY_S, every_s))


def _tail() -> Tail | None:
    if region_faults():
        return None  # rows alone are worth watching
    settings, client = LogSettings(), clients()("logs")

    def tail(task_arn: str, token: str | None) -> tuple[list[str], str | None]:
        return new_lines(client, settings.log_group, settings.stream_of(task_arn), token)

    return tail


class _Printer:
    """Shows the jobs: as a picture that moves, as JSON, or as a line for each that has moved."""

    def __init__(self, console: Console, live: Live | None, *, json_: bool) -> None:
        self._console, self._live, self._json = console, live, json_
        self._said: dict[str, tuple[str, str]] = {}

    def __enter__(self) -> None:
        if self._live is not None:
            self._live.start()

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def __call__(self, rows: list[dict[str, Any]]) -> None:
        if self._json:
            typer.echo(json.dumps(rows, default=str))
        elif self._live is not None:
            self._live.update(table(rows), refresh=True)
        else:
            self._lines(rows)

    def _lines(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            now = (row["status"], row["stage"])
            if self._said.get(row["job_id"]) != now:
                self._said[row["job_id"]] = now
                told = "" if row["rows"] is None else f"{row['rows']} rows"
                typer.echo("  ".join(part for part in (row["job_id"], *now, told) if part))


def _printer(console: Console, *, json_: bool, live: bool) -> _Printer:
    return _Printer(console, Live(table([]), console=console, auto_refresh=False) if live else None, json_=json_)


def table(rows: list[dict[str, Any]]) -> Table:
    """The jobs as people look at them."""
    made = Table()
    for heading in ("job", "type", "status", "age", "rows"):
        made.add_column(heading, no_wrap=True, justify="right" if heading in {"age", "rows"} else "left")
    made.add_column("stage", overflow="fold")
    for row in rows:
        status = f"[{COLOURS.get(row['status'], 'yellow')}]{row['status']}[/]"
        again = f" ({row['attempt']})" if int(row["attempt"] or 0) > 1 else ""
        age = "" if row["age_s"] is None else f"{row['age_s']} s"
        count = "" if row["rows"] is None else f"{int(row['rows']):,}"
        made.add_row(row["job_id"], row["report_type"], status + again, age, count, Text(row["stage"]))
    return made
