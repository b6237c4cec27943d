"""How many jobs may be claimed now, and when to look for more."""

from typing import Final

from contract.policy import Limits

SOON_S: Final = 5.0
"""After a job ended: its end may not have been written when the claim counted what is at work."""
BLOCKED_S: Final = 300.0
"""While nothing ends, what the caps keep waiting goes on waiting; a look now and then is for what nobody told."""
SWEEP_S: Final = 86_400.0
"""A look without any sign, against what signs can miss; rare, because it wakes the warehouse."""


def room_to_claim(limits: Limits, open_jobs: int, launch_tokens: int | None = None) -> int:
    """Free slots for one claim; never negative, never more than one claim takes or may be launched.

    Args:
        limits: how many jobs may be at work, and how many one claim takes.
        open_jobs: how many are at work.
        launch_tokens: how many launches the account's quota allows at this moment; None when nobody counts them.
    """
    room = min(limits.max_claim, limits.max_running - open_jobs)
    return max(0, room if launch_tokens is None else min(room, launch_tokens))


def room_to_launch(max_running: int, running: int, under_way: int, launch_tokens: int) -> int:
    """How many launches may begin now; never negative.

    Claims keep to the cap already; what an earlier leader with more room, or one that died between an end and its
    writing, left behind as claimed does not.

    Args:
        max_running: how many tasks may run.
        running: how many may run at this moment.
        under_way: how many launches wait for their answer.
        launch_tokens: how many launches the account's quota allows soon.
    """
    return max(0, min(max_running - running, launch_tokens) - under_way)


def next_look_s(due_s: float | None, *, some_ended: bool) -> float:
    """Seconds until the next claim without a sign.

    Args:
        due_s: seconds until a waiting job is due; 0 or less when one is due and was not taken; None when none waits.
        some_ended: whether a job gave its place back since the claim before.
    """
    if due_s is None:
        return SWEEP_S
    if due_s > 0:
        return min(SWEEP_S, due_s)
    return SOON_S if some_ended else BLOCKED_S
