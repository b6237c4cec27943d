"""Plays a seed again and shows it: ``python -m tests.simulation.replay SEED [--jobs N] [--mutant NAME]``."""

import argparse
import sys

from tests.simulation.seeded.mutants import MUTANTS, without
from tests.simulation.seeded.plan import scenario
from tests.simulation.seeded.run import play, shown


def main(arguments: list[str]) -> int:
    """Print the scenario, each line of the log by virtual time, and the rules that were broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation.replay", description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--jobs", type=int, default=20, help="how many jobs the scenario has (20)")
    parser.add_argument("--mutant", choices=MUTANTS, help="the guard to take away")
    asked = parser.parse_args(arguments)
    plan = scenario(asked.seed, asked.jobs)
    head = (
        f"seed {plan.seed}: {plan.executors} executors, {plan.max_running} at once, trouble for {plan.trouble_s:.0f} s"
    )
    _say(head, *(f"  {fault}" for fault in sorted(plan.faults)))
    with without(asked.mutant):
        played = play([asked.seed], asked.jobs, log=lambda line: _say(shown(line)))
    _say(*played.broken.get(asked.seed, ["every rule was kept"]))
    return 1 if played.broken else 0


def _say(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
