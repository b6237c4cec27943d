"""The queues of a run: two executors, their lines, those who ask for work, and the trouble that they meet."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from tests.chaos import evidence, plan
from tests.chaos.caller import Caller
from tests.chaos.cloud import Cloud, Queue
from tests.chaos.counting import Facts
from tests.chaos.executors import Executor
from tests.chaos.lane import Lane
from tests.chaos.plan import Blow, Size, Strike
from tests.chaos.proxy import Line
from tests.chaos.work import Work

TROUBLE_EVERY_S = 4.0
"""About how often something is ordered to go wrong in a lane's AWS."""
SNOWFLAKE_EVERY = 4
"""After so many of these something is ordered for the Snowflake that all lanes share."""
TAKE_OVER_S, STAND_BY_S = 27.0, 7.0
"""About how long a blow at a leader, and one at a stand-by, keeps a lane busy; work is spread over that time."""
# As in the middle of a deployment, the two are not set up alike: each launches by a profile of its own.
PAIR = {"a": {"REPORTING_ASSIGN_PUBLIC_IP": "false"}, "b": {"REPORTING_ASSIGN_PUBLIC_IP": "true"}}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Stage:
    """One queue with all that acts on it."""

    number: int
    queue: Queue
    lane: Lane
    work: Work

    async def act(self, seed: int, size: Size, points: int) -> None:
        """Ask for the lane's share of jobs while its share of blows falls."""
        strikes = plan.strikes(seed, self.number, size.share(size.kills, self.number))
        jobs = size.share(size.jobs, self.number)
        wishes = plan.wishes(seed, self.number, jobs, size.share(size.real_jobs, self.number))
        every_s = _about_s(strikes, size.share(points, self.number)) / jobs
        async with asyncio.TaskGroup() as group:
            group.create_task(self.work.ask(plan.bursts(seed, self.number, wishes), every_s))
            group.create_task(self.lane.run(strikes))

    def facts(self, there: Cloud) -> Facts:
        """What the local ECS, S3 and the queue know of the lane's jobs."""
        endpoint = there.endpoints["aws"]
        return Facts(
            asked=self.work.asked,
            rows=self.work.rows,
            tasks=evidence.tasks_of(endpoint, self.queue.installation),
            left=evidence.left_of(endpoint, self.queue),
        )


@asynccontextmanager
async def stages(
    there: Cloud, seed: int, queues: Sequence[Queue], points: Sequence[str], logs: Path, say: Say
) -> AsyncIterator[list[Stage]]:
    """One stage per queue, the crash points shared out among them; executors end with it."""
    made: list[Stage] = []
    lines: list[Line] = []
    try:
        for number, queue in enumerate(queues):
            pair = []
            for letter, own in PAIR.items():
                line, name = Line(there.snowflake_port), f"{queue.installation}-{letter}"
                lines.append(line)
                await line.start()
                pair.append(Executor(name, queue.environment | own, line, logs / f"{name}.log"))
            lane = Lane((pair[0], pair[1]), points[number :: len(queues)], Random(f"{seed}/lane/{number}"), say)
            made.append(Stage(number, queue, lane, Work(Caller(queue))))
        yield made
    finally:
        for stage in made:
            await stage.lane.stop()
        for line in lines:
            await line.close()


async def order_trouble(there: Cloud, seed: int, made: Sequence[Stage]) -> None:
    """Order trouble again and again, until cancelled; none where nobody leads, so that it cannot pile up."""
    of_aws: dict[int, Iterator[list[dict[str, Any]]]] = {
        stage.number: plan.aws_troubles(seed, stage.number, stage.queue.installation, stage.queue.bucket)
        for stage in made
    }
    of_snowflake = plan.snowflake_troubles(seed)
    for turn in count():
        if turn % (SNOWFLAKE_EVERY * len(made)) == 0:
            await asyncio.to_thread(there.order, "snowflake", next(of_snowflake))
        stage = made[turn % len(made)]
        if stage.lane.wants_lost_replies:
            await asyncio.to_thread(there.order, "snowflake", [plan.LOST_WRITE])
        if stage.lane.leaders:
            await asyncio.to_thread(there.order, "aws", next(of_aws[stage.number]))
        await asyncio.sleep(TROUBLE_EVERY_S / len(made))


@asynccontextmanager
async def beside(work: Awaitable[None]) -> AsyncIterator[None]:
    """Do this as long as the block lasts; if it fails by itself, that is raised at the end of the block."""
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _about_s(strikes: Sequence[Strike], points: int) -> float:
    of_leaders = {Blow.KILL_LEADER, Blow.KILL_CUT_OFF_LEADER, Blow.FREEZE_LEADER}
    at_leaders = sum(strike.blow in of_leaders for strike in strikes)
    return TAKE_OVER_S * (points + at_leaders) + STAND_BY_S * (len(strikes) - at_leaders)
