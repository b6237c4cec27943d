"""Plays one seed again and shows what happened: ``python -m tests.simulation.replay SEED [--jobs N] [--mutant NAME]``."""

import argparse
import sys

from tests.simulation.seeded.mutants import MUTANTS, without
from tests.simulation.seeded.plan import scenario
from tests.simulation.seeded.run import play, show


def main(arguments: list[str]) -> int:
    """Print the scenario, each line of the log by virtual time, and the rules that were broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.replay", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--jobs", type=int, default=20, help="how many jobs the scenario has (20)")
    parser.add_argument("--mutant", choices=MUTANTS, help="the guard to take away")
    asked = parser.parse_args(arguments)
    plan = scenario(asked.seed, asked.jobs)
    print(
        f"seed {plan.seed}: {plan.executors} executors, {plan.max_running} at once, trouble for {plan.trouble_s:.0f} s"
    )
    print(*(f"  {fault}" for fault in sorted(plan.faults)), sep="\n")
    with without(asked.mutant):
        played = play([asked.seed], asked.jobs, log=show)
    for line in played.broken.get(asked.seed, ["every rule was kept"]):
        print(line)
    return 1 if played.broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
