"""``submit``, ``jobs``, ``show``: what an analyst asks for and sees."""

import json
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from contract.states import TERMINAL, JobState
from executor.cli.client import Client, as_json, connected
from executor.cli.errors import CommandError, Exit
from executor.cli.progress import COLOURS

POLL_S = 1.0
WAITING = frozenset({JobState.QUEUED, JobState.RETRY_WAIT})
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def submit(
    report_type: Annotated[str, typer.Argument(help="For example SALES_REPORT.")],
    param: Annotated[list[str] | None, typer.Option("--param", help="name=value; may be repeated.")] = None,
    option: Annotated[
        list[str] | None, typer.Option("--option", help="name=value, such as priority=80 or formats=csv,pdf.")
    ] = None,
    *,
    wait: Annotated[bool, typer.Option("--wait", help="Wait until the job has ended.")] = False,
    timeout_s: Annotated[
        float | None, typer.Option("--timeout", help="Wait at most so many seconds; the job goes on.", min=0)
    ] = None,
    json_: Json = False,
) -> None:
    """Ask for one report."""
    values = {"params": pairs(param, "--param"), "options": request_options(option)}
    with connected() as client:
        answer = client.call(
            "call_generate_report",
            report_type=report_type,
            params=json.dumps(values["params"]),
            options=json.dumps(values["options"]),
        )
        if not wait:
            typer.echo(as_json(answer) if json_ else f"{answer['job_id']} {answer['status']}")
            return
        row = _wait(client, answer["job_id"], timeout_s, quiet=json_)
    typer.echo(as_json(row)) if json_ else _print_job(row)
    if row["status"] != JobState.SUCCEEDED:
        raise typer.Exit(Exit.FAILED)


def pairs(given: list[str] | None, option: str) -> dict[str, Any]:
    """What was given as ``name=value``, values read as JSON where they are.

    Raises:
        CommandError: one has no equals sign, or a name stands twice.
    """
    pairs: dict[str, Any] = {}
    for item in given or []:
        name, equals, text = item.partition("=")
        if not equals:
            raise CommandError(f"{option} {item}: write it as name=value", Exit.USAGE)
        if name in pairs:
            raise CommandError(f"{option} {name} stands twice; give it once", Exit.USAGE)
        try:
            pairs[name] = json.loads(text)
        except json.JSONDecodeError:
            pairs[name] = text
    return pairs


def request_options(given: list[str] | None) -> dict[str, Any]:
    """The options of a request as they were given; formats may stand with commas between them.

    Raises:
        CommandError: one has no equals sign.
    """
    options = pairs(given, "--option")
    if isinstance(formats := options.get("formats"), str):
        options["formats"] = [each.strip() for each in formats.split(",")]
    return options


def _wait(
    client: Client,
    job_id: str,
    timeout_s: float | None,
    *,
    quiet: bool,
    sleep: Callable[[float], None] = time.sleep,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> dict[str, Any]:
    until_s = None if timeout_s is None else monotonic_s() + timeout_s
    seen = None
    while True:
        row = client.job(job_id)
        if row["status"] != seen and not quiet:
            seen = row["status"]
            typer.echo(f"{job_id} {seen}", err=True)
        if row["status"] == JobState.DUPLICATE and row["duplicate_of"] not in {None, job_id}:
            # Asked for before: what was wanted is the job that runs.
            job_id = row["duplicate_of"]
            continue
        if row["status"] in TERMINAL:
            return row
        if until_s is not None and monotonic_s() >= until_s:
            raise CommandError(
                f"after {timeout_s:g} s {job_id} is {row['status']} and goes on; reporting show {job_id} tells how far"
            )
        sleep(POLL_S if until_s is None else min(POLL_S, max(until_s - monotonic_s(), 0.0)))


def jobs(
    status: Annotated[str | None, typer.Option(help="Only this status, for example FAILED.")] = None,
    type_: Annotated[str | None, typer.Option("--type", help="Only this report type.")] = None,
    since: Annotated[str | None, typer.Option(help="Only jobs asked for since then: 2026-01-31 or 2h, 3d.")] = None,
    most: Annotated[int, typer.Option(help="How many rows at most.", min=1, max=10_000)] = 50,
    *,
    json_: Json = False,
) -> None:
    """List jobs, the newest first."""
    with connected() as client:
        rows = client.rows(
            "jobs",
            status=_state(status) if status else None,
            report_type=type_.upper() if type_ else None,
            since=_since(since, datetime.now(UTC)) if since else None,  # noqa: TID251 - the edge reads the clock
            most=most,
        )
        if type_ and not rows:
            say_if_unknown(client, type_.upper())
    typer.echo(as_json(rows)) if json_ else wide_console().print(jobs_table(rows))


def say_if_unknown(client: Client, report_type: str) -> None:
    """Tell of a type that nobody knows: an empty table would hide a slip of the pen.

    Raises:
        CommandError: there is no such type, as far as the role may read which there are.
    """
    try:
        known = [str(row["report_type"]) for row in client.rows("report_types")]
    except CommandError:
        typer.echo(f"no job of the type {report_type} that you may see; is it spelled so?", err=True)
        return
    if report_type not in known:
        raise CommandError(
            f"--type {report_type}: there is no such report type; known are {', '.join(known) or 'none yet'}",
            Exit.USAGE,
        )


def _state(text: str) -> str:
    try:
        return JobState(text.upper()).value
    except ValueError as error:
        raise CommandError(f"--status {text}: take one of {', '.join(JobState)}", Exit.USAGE) from error


def _since(text: str, now: datetime) -> str:
    seconds = {"m": 60, "h": 3600, "d": 86_400}.get(text[-1:])
    try:
        if seconds is not None:
            at = datetime.fromtimestamp(now.timestamp() - float(text[:-1]) * seconds, UTC)
        else:
            at = datetime.fromisoformat(text)
            at = at.astimezone(UTC) if at.tzinfo else at
    except ValueError as error:
        raise CommandError(f"--since {text}: write a day (2026-01-31) or a span (30m, 2h, 3d)", Exit.USAGE) from error
    return at.replace(tzinfo=None).isoformat(sep=" ", timespec="seconds")


def wide_console() -> Console:
    """A console as wide as the terminal; where there is none, wide enough that nothing is cut."""
    console = Console(soft_wrap=False, highlight=False)
    return console if console.is_terminal else Console(width=200, highlight=False)


def jobs_table(rows: list[dict[str, Any]], *, ids: bool = True) -> Table:
    """Jobs as people look at them: type, status, seconds, files, and where they are or why not."""
    table = Table()
    for heading in (*(["job"] if ids else []), "type", "status", "seconds", "files"):
        table.add_column(heading, no_wrap=True)
    table.add_column("S3 location, or the cause", overflow="fold")
    for row in rows:
        seconds = row["seconds_total"]
        table.add_row(
            *([row["job_id"]] if ids else []),
            row["report_type"],
            f"[{COLOURS.get(row['status'], 'yellow')}]{row['status']}[/]",
            "" if seconds is None else f"{float(seconds):.1f}",
            str(row["files"] or ""),
            where_or_why(row),
        )
    return table


def where_or_why(row: dict[str, Any]) -> str:
    """Where a job's files are, or why there are none: of one that waits what it waits for, else the error as it was."""
    said = ("diagnosis",) if row["status"] in WAITING else ("error", "diagnosis", "result_uri")
    return next((str(row[name]) for name in said if row[name]), "")


def show(job_id: Annotated[str, typer.Argument(metavar="JOB")], *, json_: Json = False) -> None:
    """Show one job, whole."""
    with connected() as client:
        row = client.job(job_id)
        attempts = client.rows("attempts_of_job", job_id=job_id) if row["attempt"] > 1 else []
    if json_:
        typer.echo(as_json(row | {"attempts": attempts} if attempts else row))
        return
    _print_job(row)
    for one in attempts:
        typer.echo(attempt_line(one))


def attempt_line(attempt: Mapping[str, Any]) -> str:
    """One ended attempt, and what became of it, as a line."""
    became = "made the report" if attempt["succeeded"] else attempt["error"] or attempt["diagnosis"]
    return f"attempt {attempt['attempt']}, until {attempt['ended_at']:%Y-%m-%d %H:%M:%S} UTC: {became}"


def _print_job(row: dict[str, Any]) -> None:
    width = max(len(name) for name in row)
    for name, value in row.items():
        if value not in (None, "", {}, []):
            typer.echo(f"{name:<{width}}  {value}")
