"""``up``: the whole system on this machine, in the foreground, for clients of your own."""

import signal
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer
from rich.console import Console

from executor.cli.aws_options import AwsOptions
from executor.cli.local_settings import ADMINISTRATOR, CONNECTION, OPERATOR
from executor.cli.local_stack import Ports, Stack, local_stack
from executor.cli.progress import Progress

LOOK_EVERY_S = 0.5


def up(  # noqa: PLR0913 - one parameter per switch
    folder: Annotated[Path, typer.Option("--dir", help="Data, logs and settings live here.")] = Path(".local"),
    snowflake_port: Annotated[int, typer.Option(help="0 takes the last one, or a free one.")] = 0,
    aws_port: Annotated[int, typer.Option(help="0 takes the last one, or a free one.")] = 0,
    start_delay_s: Annotated[float, typer.Option(help="How long the local Fargate starts a task.", min=0)] = 0.5,
    throttle: Annotated[Literal["aws", "off"], typer.Option(help="aws: answer at AWS's rates only.")] = "off",
    visible_after_s: Annotated[float, typer.Option(help="How long a new task is MISSING.", min=0)] = 0.0,
    stopped_retention_s: Annotated[float, typer.Option(help="How long a STOPPED task is known.", min=0)] = 3600.0,
    time_scale: Annotated[
        float, typer.Option(help="Seconds that a second of ECS's health checks and services takes.", min=0.001)
    ] = 1.0,
    *,
    executor: Annotated[bool, typer.Option("--executor/--no-executor", help="Start an executor too.")] = True,
    no_privileges: Annotated[bool, typer.Option("--no-privileges", help="Let every role do everything.")] = False,
) -> None:
    """Start the local Snowflake and AWS, the product on them, and an executor; Ctrl-C stops it, data stay."""
    console = Console(soft_wrap=True, highlight=False)
    signal.signal(signal.SIGTERM, _as_interrupt)
    ports = Ports(snowflake_port, aws_port)
    aws_options = AwsOptions(start_delay_s, throttle, visible_after_s, stopped_retention_s, time_scale)
    ready = False
    with ExitStack() as running:
        try:
            with Progress(console) as progress:
                progress.do("starting; the first time takes a little longer")
                stack = running.enter_context(
                    local_stack(
                        folder,
                        executor=executor,
                        ports=ports,
                        aws_options=aws_options,
                        say=progress.say,
                        privileges=not no_privileges,
                    )
                )
            _introduce(console, folder.resolve(), stack)
            ready = True
            print("ready", flush=True)
            _until_a_part_ends(stack)
        except KeyboardInterrupt:
            if not ready:
                raise
            console.print(f"stopping; data stay in {folder}")


def _as_interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _introduce(console: Console, folder: Path, stack: Stack) -> None:
    env, where = folder / "env", stack.environment
    console.print(
        f"""
Settings for every client:   set -a; . '{env}'; set +a
  reporting submit SALES_REPORT --wait
  reporting jobs
  reporting local fault add aws task oom --dir '{folder}'
  aws s3 ls s3://{where["REPORTING_BUCKET"]}/reports/ --recursive
  snow sql -c {CONNECTION} -q 'CALL reporting.generate_daily_reports()'
Their role is {OPERATOR}; USE ROLE {ADMINISTRATOR} may do everything.

In Python:   snowflake.connector.connect(connection_name="{CONNECTION}")
             snowflake.snowpark.Session.builder.config("connection_name", "{CONNECTION}").create()

Logs: {folder / "logs"}    Files of the bucket: {folder / "aws"}
""",
        markup=False,
    )


def _until_a_part_ends(stack: Stack) -> None:
    while True:
        stack.check()
        time.sleep(LOOK_EVERY_S)
