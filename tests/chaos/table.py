"""What a run shows: a line every so often, and the table at its end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from tests.chaos.counting import Facts, Kind, Wrong, turned_away
from tests.chaos.lane import LEADS_WITHIN_S, Score
from tests.chaos.plan import KILLS, Blow, Size

SHOWN_WRONGS = 30
LEAST_POINTS = 30
"""Some places are passed only after what seldom happens; of fewer places three quarters will do."""


@dataclass(frozen=True, slots=True)
class Run:
    """All that a run gave."""

    seed: int
    size: Size
    points: int
    facts: Sequence[Facts]
    scores: Sequence[Score]
    wrongs: Sequence[Wrong]
    took_s: float


def faults(run: Run) -> list[str]:
    """Why the run counts as failed; empty for one that shows what it must."""
    wrongs = Counter(wrong.kind for wrong in run.wrongs)
    late = [took_s for score in run.scores for took_s in score.take_overs_s if took_s > LEADS_WITHIN_S]
    passed = {name for score in run.scores for name in score.passed}
    checks = {
        **{f"{wrongs[kind]} {kind}": bool(wrongs[kind]) for kind in Kind},
        f"{len(late)} times no stand-by led within {LEADS_WITHIN_S:.0f} s": bool(late),
        f"executors came to {len(passed)} crash points only": len(passed) < min(run.points * 3 / 4, LEAST_POINTS),
        f"{_total(run, 'unsettled')} times no leader and stand-by for minutes": bool(_total(run, "unsettled")),
        f"executors ended by themselves: {[end for score in run.scores for end in score.own_ends]}": any(
            score.own_ends for score in run.scores
        ),
    }
    return [says for says, is_so in checks.items() if is_so]


def show(run: Run, console: Console) -> None:
    """Print the table, and below it every broken promise."""
    table = Table(title=f"Chaos: seed {run.seed}, {run.size.lanes} queues with two executors each, {run.took_s:.0f} s")
    table.add_column("what")
    table.add_column("how many", justify="right")
    for what, how_many in _rows(run):
        table.add_row(what, how_many)
    console.print(table)
    for wrong in run.wrongs[:SHOWN_WRONGS]:
        console.print(f"{wrong.kind}: {wrong.job_id}: {wrong.says}", markup=False)
    if unreached := sorted({name for score in run.scores for name in score.unreached}):
        console.print(f"no executor came to {', '.join(unreached)}", markup=False)
    for fault in faults(run):
        console.print(f"FAILED: {fault}", markup=False)


def _rows(run: Run) -> list[tuple[str, str]]:
    wrongs = Counter(wrong.kind for wrong in run.wrongs)
    blows: Counter[Blow] = sum((score.blows for score in run.scores), Counter())
    passed: Counter[str] = sum((score.passed for score in run.scores), Counter())
    took_s = sorted(took_s for score in run.scores for took_s in score.take_overs_s)
    slowest = f"{took_s[len(took_s) // 2]:.1f} / {took_s[-1]:.1f} s" if took_s else "-"
    tasks = [task for facts in run.facts for task in facts.tasks]
    programs = Counter(asked.program for facts in run.facts for asked in facts.asked)
    statuses = Counter(row.status for facts in run.facts for row in facts.rows)
    return [
        ("jobs asked for", f"{sum(programs.values())}"),
        *((f"  of them {program}", f"{count}") for program, count in sorted(programs.items())),
        *((f"jobs {status}", f"{count}") for status, count in sorted(statuses.items())),
        ("crash points, killed there", f"{len(passed)} of {run.points}"),
        ("kills at random", f"{sum(blows[blow] for blow in KILLS)}"),
        *((f"  {blow}" if blow in KILLS else str(blow), f"{count}") for blow, count in sorted(blows.items())),
        ("take-overs measured, not measured", f"{len(took_s)}, {_total(run, 'unmeasured')}"),
        ("  median / longest", slowest),
        ("tasks that ECS lists", f"{len(tasks)}"),
        ("  turned away by a start marker", f"{turned_away(tasks)}"),
        ("start markers in S3", f"{sum(len(left.markers) for facts in run.facts for left in facts.left)}"),
        *((f"jobs {kind}", f"{wrongs[kind]}") for kind in Kind),
    ]


def _total(run: Run, name: str) -> int:
    return sum(getattr(score, name) for score in run.scores)
