"""``logs``: the lines of a job's container."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from contract.states import TERMINAL
from executor.cli.aws_clients import clients
from executor.cli.client import connected
from executor.cli.errors import CommandError, Exit
from executor.cli.log_streams import LogSettings, new_lines, streams_of_job
from executor.cli.region import region_faults

POLL_S = 1.0


def logs(
    job_id: Annotated[str, typer.Argument(metavar="JOB")],
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the job has ended.")] = False,
    all_: Annotated[
        bool, typer.Option("--all", help="Every attempt's, the oldest first; searches the log group for the job.")
    ] = False,
) -> None:
    """Print the log of a job's last attempt.

    With --all that of every attempt. Both are found also after ECS has forgotten the tasks.
    """
    if faults := region_faults():
        raise CommandError("; ".join(faults), Exit.USAGE)
    if all_ and follow:
        raise CommandError("--all and --follow: take one of them; --follow shows every attempt from now on", Exit.USAGE)
    settings, client = LogSettings(), clients()("logs")
    if all_:
        with connected() as snowflake:
            since = snowflake.job(job_id)["enqueued_at"].replace(
                tzinfo=UTC
            )  # the views' times are UTC, and do not say it
        for line in _of_all(client, settings, job_id, since):
            typer.echo(line)
        return
    with connected() as snowflake:
        token: str | None = None
        read: str | None = None
        while True:
            row = snowflake.job(job_id)
            ended, arn = row["status"] in TERMINAL, row["task_arn"]
            if arn is None and (ended or not follow):
                raise CommandError(f"{job_id} is {row['status']} and has no task, so it has no log")
            if arn is not None:
                # A retry has a task of its own, and a token belongs to one stream.
                token = token if arn == read else None
                read = str(arn)
                lines, token = new_lines(client, settings.log_group, settings.stream_of(read), token)
                for line in lines:
                    typer.echo(line)
            if ended or not follow:
                return
            time.sleep(POLL_S)


def _of_all(client: Any, settings: LogSettings, job_id: str, since: datetime) -> Iterator[str]:
    streams = streams_of_job(client, settings, job_id, since)
    if not streams:
        raise CommandError(f"no line in {settings.log_group} names {job_id}: it has not run, or its log was let go")
    for stream in streams:
        yield from new_lines(client, settings.log_group, stream, None)[0]
