"""The guard of the tests that need no world: a socket or a sleep in one of them is a mistake, and is told as one.

Only virtual time may pass: an event loop of looptime, or the one of the seeds, waits as long as it likes.
"""

import asyncio
import socket
import time
from typing import Any, NoReturn

import looptime
import pytest

from tests.simulation.seeded.virtual_loop import VirtualLoop


class OutsideWorldError(AssertionError):
    """A test that should need neither network nor time asked for one of them."""


def forbid(patch: pytest.MonkeyPatch) -> None:
    """Make sockets and real sleep fail until the patch is undone."""

    def no_socket(*_: object, **__: object) -> NoReturn:
        raise OutsideWorldError("this test opens a socket; give it a fake, or move it to tests/conformance")

    def no_sleep(*_: object, **__: object) -> NoReturn:
        raise OutsideWorldError("this test sleeps; give the code a clock, or wait in virtual time")

    really_sleep, timeless = asyncio.sleep, (looptime.LoopTimeEventLoop, VirtualLoop)

    async def sleep(delay: float, result: Any = None) -> Any:
        if delay > 0 and not isinstance(asyncio.get_running_loop(), timeless):
            no_sleep()
        return await really_sleep(delay, result)

    for name in ("connect", "connect_ex", "bind"):
        patch.setattr(socket.socket, name, no_socket)
    patch.setattr(time, "sleep", no_sleep)
    patch.setattr(asyncio, "sleep", sleep)
