"""The work of one queue while blows fall: jobs come in by bursts, some are cancelled, all are waited for."""

import asyncio
import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from contract.states import TERMINAL
from tests.chaos.caller import Caller
from tests.chaos.counting import Asked, Program, Row
from tests.chaos.plan import Wish

ENDS_WITHIN_S = 300.0
LOOK_EVERY_S = 3.0

Answer = TypeVar("Answer")


class Work:
    """Asks one caller, one CALL at a time."""

    def __init__(self, caller: Caller) -> None:
        """Nothing is asked for yet."""
        self._caller = caller
        self._calling = asyncio.Lock()
        self.asked: list[Asked] = []
        self.rows: list[Row] = []

    async def ask(self, bursts: Iterable[list[Wish]], every_s: float) -> None:
        """Ask for all jobs, a burst at a time, on the average one in so many seconds."""
        async with asyncio.TaskGroup() as cancels:
            for burst in bursts:
                for wish in burst:
                    asked = await self._call(self._caller.ask, wish)
                    self.asked.append(asked)
                    if wish.program is Program.CANCEL:
                        cancels.create_task(self._cancel(asked, wish.seconds / 2))
                await self._call(self._caller.give_orders)
                await asyncio.sleep(every_s * len(burst))

    async def wait_for_all(self) -> None:
        """Wait until every job has ended, or for five minutes; the rows are there then, as they are."""
        until_s = time.monotonic() + ENDS_WITHIN_S
        while True:
            self.rows = await self._call(self._caller.rows)
            if self.ended >= len(self.asked) or time.monotonic() > until_s:
                return
            await asyncio.sleep(LOOK_EVERY_S)

    async def look(self) -> None:
        """See how far the jobs are."""
        self.rows = await self._call(self._caller.rows)

    @property
    def ended(self) -> int:
        """How many jobs had ended at the last look."""
        return sum(row.status in TERMINAL for row in self.rows)

    async def _cancel(self, asked: Asked, after_s: float) -> None:
        await asyncio.sleep(after_s)
        await self._call(self._caller.cancel, asked.job_id)

    async def _call(self, do: Callable[..., Answer], *arguments: object) -> Answer:
        async with self._calling:
            return await asyncio.to_thread(do, *arguments)
