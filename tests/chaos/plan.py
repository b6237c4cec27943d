"""What is done to the executors, and what is asked of them: all of it from one seed.

The processes are real, so the same seed gives the same blows in the same order, and not the same microsecond.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from tests.chaos.counting import Program


class Blow(StrEnum):
    """What happens to an executor or to its line."""

    KILL_LEADER = "kill the leader"
    KILL_STAND_BY = "kill the stand-by"
    KILL_CUT_OFF_LEADER = "stall the leader's line, then kill it"
    FREEZE_LEADER = "freeze the leader until another leads, then wake it"
    CUT = "cut the leader's line"
    STALL = "stall the leader's line"


KILLS = (Blow.KILL_LEADER, Blow.KILL_STAND_BY, Blow.KILL_CUT_OFF_LEADER)
CHANCES = {
    Blow.KILL_LEADER: 8, Blow.KILL_STAND_BY: 9, Blow.KILL_CUT_OFF_LEADER: 2,
    Blow.FREEZE_LEADER: 1, Blow.CUT: 2, Blow.STALL: 2,
}  # fmt: skip
LONG_EVERY = 10
LOST_WRITE: dict[str, Any] = {"op": "MERGE", "kind": "reply_lost", "answers": 1, "match": "(?i)job_state"}
"""A write of job state that is done, and whose first answer is lost."""
MIX = {Program.OK: 60, Program.SLOW: 20, Program.CRASH: 6, Program.FAIL: 4, Program.CANCEL: 6}


@dataclass(frozen=True, slots=True)
class Strike:
    """One blow: after how long a pause, and how long it lasts where it lasts, in seconds."""

    blow: Blow
    pause_s: float
    lasts_s: float


@dataclass(frozen=True, slots=True)
class Wish:
    """One job to ask for; ``seconds`` is how long its container works, ``long`` whether its order is."""

    key: str
    program: Program
    seconds: float
    long: bool


@dataclass(frozen=True, slots=True)
class Size:
    """How much of it; ``kills`` are those at random, ``points`` the crash points to die at (None: all there are)."""

    lanes: int
    jobs: int
    real_jobs: int
    kills: int
    points: int | None

    def share(self, total: int, lane: int) -> int:
        """A lane's part of a total; the parts add up to it."""
        return total // self.lanes + (lane < total % self.lanes)


def points(seed: int, names: Sequence[str], how_many: int | None) -> list[str]:
    """The crash points to die at: all of them, or so many by lot."""
    return list(names) if how_many is None else Random(f"{seed}/points").sample(names, min(how_many, len(names)))


def strikes(seed: int, lane: int, kills: int) -> list[Strike]:
    """The blows at random for one lane, among them so many kills, each pause long enough for some work."""
    dice, planned, killed = Random(f"{seed}/strikes/{lane}"), [], 0
    while killed < kills:
        (blow,) = dice.choices(list(CHANCES), list(CHANCES.values()))
        planned.append(Strike(blow, round(dice.uniform(0.2, 4.0), 2), round(dice.uniform(1.0, 12.0), 2)))
        killed += blow in KILLS
    return planned


def wishes(seed: int, lane: int, jobs: int, real_jobs: int) -> list[Wish]:
    """The jobs of one lane, those of the real runner spread among the others."""
    dice = Random(f"{seed}/wishes/{lane}")
    programs = dice.choices(list(MIX), list(MIX.values()), k=jobs - real_jobs) + [Program.REAL] * real_jobs
    dice.shuffle(programs)
    return [
        Wish(f"{seed}-{lane}-{number}", program, _seconds(program, dice), long=number % LONG_EVERY == 0)
        for number, program in enumerate(programs)
    ]


def bursts(seed: int, lane: int, planned: list[Wish]) -> Iterator[list[Wish]]:
    """The jobs as they are asked for: one to eight at a time."""
    dice, rest = Random(f"{seed}/bursts/{lane}"), list(planned)
    while rest:
        size = dice.randint(1, 8)
        yield rest[:size]
        rest = rest[size:]


def aws_troubles(seed: int, lane: int, installation: str, bucket: str) -> Iterator[list[dict[str, Any]]]:
    """Orders of trouble for the local AWS, one list after the other, that strike one lane only."""
    dice = Random(f"{seed}/aws/{lane}")
    mine, objects = f"reporting/{installation}/", f"/{bucket}/"
    of_tasks = [("RunTask", "reply_lost"), ("RunTask", "error_500"), ("RunTask", "throttle"), ("RunTask", "capacity"),
                ("RunTask", "slow"), ("ListTasks", "throttle"), ("ListTasks", "reply_lost")]  # fmt: skip
    of_objects = [("PutObject", "reply_lost"), ("PutObject", "error_500"), ("GetObject", "error_500"),
                  ("PutObject", "slow"), ("GetObject", "reply_lost")]  # fmt: skip
    of_all = [("DescribeTasks", "reply_lost"), ("DescribeTasks", "throttle"), ("StopTask", "reply_lost"),
              ("DescribeTasks", "error_500"), ("StopTask", "error_500")]  # fmt: skip
    while True:
        match dice.randrange(3):
            case 0:
                (op, kind), where = dice.choice(of_tasks), mine
            case 1:
                (op, kind), where = dice.choice(of_objects), objects
            case _:
                (op, kind), where = dice.choice(of_all), ""
        more = {"seconds": 2.0} if kind == "slow" else {}
        yield [{"op": op, "kind": kind, "match": where, "times": dice.randint(1, 3), **more}]


def snowflake_troubles(seed: int) -> Iterator[list[dict[str, Any]]]:
    """Orders of trouble for the local Snowflake, which all lanes share: what the executors write and ask."""
    dice = Random(f"{seed}/snowflake")
    kinds: list[dict[str, Any]] = [
        LOST_WRITE,
        {"op": "MERGE", "kind": "lock_waiters"},
        {"op": "MERGE", "kind": "timeout"},
        {"op": "MERGE", "kind": "slow", "seconds": 3},
        {"op": "MERGE", "kind": "session_gone"},
        {"op": "INSERT", "kind": "reply_lost", "answers": 1, "match": "(?i)job_(events|results)"},
        {"op": "INSERT", "kind": "lock_waiters", "match": "(?i)job_intake", "times": 2},
        {"op": "SELECT", "kind": "timeout", "match": "(?i)job_state"},
    ]
    while True:
        yield [dice.choice(kinds)]


def _seconds(program: Program, dice: Random) -> float:
    match program:
        case Program.SLOW:
            return round(dice.uniform(1.0, 8.0), 1)
        case Program.CANCEL:
            return round(dice.uniform(3.0, 15.0), 1)
        case _:
            return 0.0
