"""The executor as a process: settings, connections, signals, until SIGTERM. Its imports are most of its memory."""

import asyncio
import ctypes
import gc
import os
import signal
import threading
from contextlib import suppress

import structlog
from snowflake.connector import errors

from contract import sign_in
from executor import wiring
from executor.adapters.system_clock import SystemClock
from executor.adapters.telemetry import configure_logging
from executor.cli.errors import CommandError, Exit
from executor.cli.pages_of_files import USED_BY_THEN_S, give_back_pages_of_files
from executor.cli.region import region_faults
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


def serve(*, check: bool, pretty: bool, drains: bool) -> None:
    """Run an executor until SIGTERM.

    Args:
        check: only look whether settings are in order and all connections answer.
        pretty: write log lines for a person instead of JSON.
        drains: end when the queue is empty.

    Raises:
        CommandError: settings cannot be used (2), something cannot be reached (3), or a loop died (1).
    """
    configure_logging(pretty=pretty)
    _warn_of_slips()
    try:
        settings = load(ExecutorSettings, ObjectNames, SnowflakeSettings, also=region_faults())
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
            from executor.cli import aws  # noqa: PLC0415 - brings boto3, which only a check needs

            await asyncio.to_thread(aws.ask, settings)
            print("settings and connections are in order: Snowflake, the bucket and the cluster answer")
            return
        _leave_be_what_is_there()
        loop.call_later(USED_BY_THEN_S, give_back_pages_of_files)
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
    # Reading AWS's descriptions took three megabytes for a moment. The C library keeps what was freed, unless it is
    # asked; glibc can be.
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _end_in(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, [int(Exit.FAILED)])
    timer.daemon = True
    timer.start()
