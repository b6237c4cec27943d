"""``run``: the executor, in the foreground, until SIGTERM."""

import asyncio
import gc
import os
import signal
import sys
import threading
from typing import Annotated

import structlog
import typer
from snowflake.connector import errors

from contract import sign_in
from executor import wiring
from executor.adapters.system_clock import SystemClock
from executor.adapters.telemetry import configure_logging
from executor.cli import aws
from executor.cli.errors import CommandError, Exit
from executor.cli.slips import slips
from executor.deploy.signing_in import explicit
from executor.loops.looper import LoopDiedError
from executor.port_errors import StateMissingError, StoreUnavailableError
from executor.settings import ExecutorSettings, ObjectNames, SettingsError, SnowflakeSettings, load

log = structlog.get_logger()

GARBAGE = (5_000, 20, 20)
"""So many new objects, and rounds of the younger generation, the garbage collector waits for."""
END_IN_S = 20.0
"""So long the process may take to close its connections after a loop has died."""


def run(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check settings and connections.")] = False,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run the executor: claim jobs, launch tasks, write back. SIGTERM stops it; tasks run on."""
    _run(check=check, pretty=pretty, drains=False)


def drain(
    *,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run an executor until the queue is empty, then end; jobs of a later day stay in it."""
    _run(check=False, pretty=pretty, drains=True)


def _run(*, check: bool, pretty: bool, drains: bool) -> None:
    configure_logging(pretty=pretty or sys.stdout.isatty())
    _warn_of_slips()
    try:
        settings = load(ExecutorSettings, ObjectNames, SnowflakeSettings, also=aws.region_faults())
        _check_connection(*settings)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    try:
        asyncio.run(_serve(*settings, check=check, drains=drains))
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except (StoreUnavailableError, StateMissingError, errors.Error) as error:
        raise CommandError(f"cannot start: {error}", Exit.UNREACHABLE) from error
    except BaseExceptionGroup as group:
        dead, rest = group.split(LoopDiedError)
        if rest is not None or dead is None:
            raise
        raise CommandError("; ".join(str(error) for error in dead.exceptions)) from group


def _warn_of_slips() -> None:
    for name, meant in slips(os.environ):
        says = f"{name} is no setting" + (f"; did you mean {meant}?" if meant else " of the executor")
        log.warning(says, action="unknown_setting", variable=name, meant=meant)


def _check_connection(settings: ExecutorSettings, names: ObjectNames, snowflake: SnowflakeSettings) -> None:
    # A name that connections.toml does not have is told here, and a password that it holds is judged as any other.
    whole = {name: str(value) for name, value in explicit(snowflake.connect_arguments(names)).items()}
    if not settings.allow_password and (wrong := sign_in.password_problems(whole)):
        raise SettingsError("; ".join(str(problem) for problem in wrong))


async def _serve(
    settings: ExecutorSettings, names: ObjectNames, snowflake: SnowflakeSettings, *, check: bool, drains: bool
) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with wiring.service(settings, names, snowflake) as service:
        if check:
            await asyncio.to_thread(aws.ask, settings)
            typer.echo("settings and connections are in order: Snowflake, the bucket and the cluster answer")
            return
        _leave_be_what_is_there()
        try:
            await service.run(stop, SystemClock() if drains else None)
        except* LoopDiedError:
            # Whatever the dead loop holds, a thread or a connection, must not keep the process from ending.
            _end_in(END_IN_S)
            raise


def _leave_be_what_is_there() -> None:
    # A hundred thousand objects of the libraries live as long as the process: the garbage collector, which would look
    # at them again and again, is told so; and it looks at what is new less often.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def _end_in(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, [int(Exit.FAILED)])
    timer.daemon = True
    timer.start()
