"""``logs``: the lines of a job's container."""

import time
from typing import Annotated

import boto3
import typer

from contract.states import TERMINAL
from executor.cli.aws import region_faults
from executor.cli.client import connected
from executor.cli.errors import CommandError, Exit
from executor.cli.log_streams import LogSettings, new_lines

POLL_S = 1.0


def logs(
    job_id: Annotated[str, typer.Argument(metavar="JOB")],
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until the job has ended.")] = False,
) -> None:
    """Print the log of a job's last attempt."""
    if faults := region_faults():
        raise CommandError("; ".join(faults), Exit.USAGE)
    settings, client = LogSettings(), boto3.client("logs")
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
