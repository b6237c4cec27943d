"""``demo``: one morning of reports, from CALL to files, on this machine."""

import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import snowflake.connector
import typer
from rich.console import Console

from contract.states import TERMINAL, JobState
from executor.cli.aws_clients import local_clients
from executor.cli.aws_options import AwsOptions
from executor.cli.client import Client
from executor.cli.demo_folder import DemoFolder
from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import jobs_table, wide_console
from executor.cli.local_stack import Ports, Stack, local_stack
from executor.cli.progress import Progress

TIMEOUT_S = 120.0
POLL_S = 0.5
REQUESTER = "REPORT_REQUESTER"


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Where the files are left.")] = Path("build/demo"),
) -> None:
    """Start everything, CALL generate_daily_reports(), wait, show the jobs, keep the files, stop everything."""
    console, kept_in = Console(soft_wrap=True, highlight=False), DemoFolder(folder)
    with (
        Progress(console) as progress,
        tempfile.TemporaryDirectory(prefix="reporting-demo-", ignore_cleanup_errors=True) as cloud,
    ):
        where = Path(cloud)
        try:
            progress.do("starting the local cloud")
            with local_stack(where, executor=True, ports=Ports(), aws_options=AwsOptions(), say=progress.say) as stack:
                rows = _morning(stack, progress)
                progress.do("fetching the files, stopping everything")
                kept = _keep_files(stack, rows, kept_in)
        except CommandError:
            _keep_logs(where, kept_in)
            raise
        all_well = all(row["status"] == JobState.SUCCEEDED for row in rows)
        if not all_well:
            _keep_logs(where, kept_in)
    console.print("[italic]SELECT * FROM reporting.jobs[/]")
    wide_console().print(jobs_table(rows, ids=False))
    made = sum(int(row["files"] or 0) for row in rows)
    console.print(
        f"{made} report files, with their markers and manifests {kept}, are in {folder}/; "
        f"{progress.seconds:.0f} s in all; everything is stopped"
    )
    if not all_well:
        raise typer.Exit(Exit.FAILED)


def _morning(stack: Stack, progress: Progress) -> list[dict[str, Any]]:
    names = {"host", "port", "protocol", "account", "user", "password", "database", "schema", "warehouse"}
    arguments: dict[str, Any] = {name: stack.environment[f"SNOWFLAKE_{name.upper()}"] for name in names}
    arguments["role"] = REQUESTER
    with snowflake.connector.connect(**arguments, paramstyle="qmark") as connection:
        progress.say("CALL reporting.generate_daily_reports()")
        progress.do("waiting for the reports")
        client = Client(connection)
        answer = client.call("call_generate_daily_reports")
        job_ids = {job["job_id"] for job in answer["jobs"]}
        if not job_ids:
            raise CommandError("no daily report type is enabled")
        return _until_ended(client, stack, job_ids, progress)


def _until_ended(client: Client, stack: Stack, job_ids: set[str], progress: Progress) -> list[dict[str, Any]]:
    until_s = time.monotonic() + TIMEOUT_S
    while True:
        every = client.rows("jobs", status=None, report_type=None, since=None, most=1000)
        rows = [row for row in every if row["job_id"] in job_ids]
        progress.jobs(rows)
        if len(rows) == len(job_ids) and all(row["status"] in TERMINAL for row in rows):
            return rows
        stack.check()
        if time.monotonic() > until_s:
            open_jobs = ", ".join(f"{row['job_id']} is {row['status']}" for row in rows)
            raise CommandError(f"after {TIMEOUT_S:.0f} s some jobs have not ended: {open_jobs}")
        time.sleep(POLL_S)


def _keep_files(stack: Stack, rows: list[dict[str, Any]], folder: DemoFolder) -> int:
    folder.clear()
    s3 = local_clients(stack.environment["AWS_REGION"], lambda: stack.environment["AWS_ENDPOINT_URL"])("s3")
    kept = 0
    for row in rows:
        bucket, _, prefix = str(row["result_uri"] or "").removeprefix("s3://").partition("/")
        for found in s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", []) if bucket else []:
            name = f"{str(row['report_type']).lower()}/{found['Key'].removeprefix(prefix)}"
            s3.download_file(bucket, found["Key"], str(folder.place(name)))
            kept += 1
    return kept


def _keep_logs(cloud: Path, folder: DemoFolder) -> None:
    for log in (cloud / "logs").glob("*"):
        shutil.copyfile(log, folder.place(f"logs/{log.name}"))
