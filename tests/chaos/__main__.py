"""Breaks executors over the local cloud, and counts what became of the jobs: ``make chaos``.

``--size small`` takes some minutes; ``--seed`` plays the blows of an earlier run again; ``--lanes``, ``--jobs``,
``--real-jobs``, ``--kills`` and ``--points`` change the size.
"""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import SystemRandom

from rich.console import Console

from executor.crash_points import NAMES
from tests.chaos import plan, table
from tests.chaos.cloud import cloud
from tests.chaos.counting import judge
from tests.chaos.plan import Size
from tests.chaos.stage import Say, Stage, beside, order_trouble, stages

SIZES = {
    "full": Size(lanes=6, jobs=1050, real_jobs=55, kills=110, points=None),
    "small": Size(lanes=2, jobs=60, real_jobs=4, kills=8, points=6),
}
SAY_EVERY_S = 10.0

console = Console(width=110)


async def main(seed: int, size: Size, folder: Path) -> int:
    """One run; the exit code is 1 when anything was lost, doubled, without cause, late or never reached."""
    began_s = time.monotonic()
    say = _say(began_s)
    points = plan.points(seed, NAMES, size.points)
    with cloud(folder) as there:
        queues = [await asyncio.to_thread(there.install, number, say) for number in range(size.lanes)]
        async with stages(there, seed, queues, points, folder / "logs", say) as made, beside(_progress(made, say)):
            async with beside(order_trouble(there, seed, made)):
                await asyncio.gather(*(stage.act(seed, size, len(points)) for stage in made))
            await asyncio.to_thread(there.clear)
            say("no more blows; waiting for the last jobs")
            await asyncio.gather(*(stage.work.wait_for_all() for stage in made))
        say("counting")
        facts = [await asyncio.to_thread(stage.facts, there) for stage in made]
    run = table.Run(
        seed=seed,
        size=size,
        points=len(points),
        facts=facts,
        scores=[stage.lane.score for stage in made],
        wrongs=[wrong for each in facts for wrong in judge(each)],
        took_s=time.monotonic() - began_s,
    )
    table.show(run, console)
    return 1 if table.faults(run) else 0


async def _progress(made: Sequence[Stage], say: Say) -> None:
    while True:
        await asyncio.sleep(SAY_EVERY_S)
        for stage in made:
            await stage.work.look()
        scores = [stage.lane.score for stage in made]
        took_s = [each for score in scores for each in score.take_overs_s]
        say(
            f"asked {sum(len(stage.work.asked) for stage in made)}, ended {sum(stage.work.ended for stage in made)}, "
            f"crash points {sum(len(score.passed) for score in scores)}, "
            f"kills {sum(score.blows[blow] for score in scores for blow in plan.KILLS)}, "
            f"leaders {sum(stage.lane.leaders for stage in made)} of {len(made)}, "
            f"longest take-over {max(took_s, default=0.0):.1f} s"
        )


def _say(began_s: float) -> Say:
    def say(text: str) -> None:
        console.print(f"{time.monotonic() - began_s:6.0f} s  {text}", markup=False, highlight=False)

    return say


def _arguments(words: Sequence[str]) -> tuple[int, Size, Path]:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--size", choices=sorted(SIZES), default="full")
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(10**6))
    parser.add_argument("--dir", type=Path, default=Path("build/chaos"), help="data and logs; what is there is removed")
    for number in ("lanes", "jobs", "real-jobs", "kills", "points"):
        parser.add_argument(f"--{number}", type=int)
    given = vars(parser.parse_args(words))
    own = {name: value for name, value in given.items() if value is not None and name not in {"size", "seed", "dir"}}
    return given["seed"], replace(SIZES[given["size"]], **own), given["dir"].resolve()


if __name__ == "__main__":
    chosen_seed, chosen_size, chosen_folder = _arguments(sys.argv[1:])
    shutil.rmtree(chosen_folder, ignore_errors=True)
    console.print(f"seed {chosen_seed}, {chosen_size}; --seed {chosen_seed} plays the same blows again", markup=False)
    sys.exit(asyncio.run(main(chosen_seed, chosen_size, chosen_folder)))
