"""How many jobs may be claimed now."""

from contract.policy import Limits


def room_to_claim(limits: Limits, open_jobs: int) -> int:
    """Free slots for one claim; never negative, never more than one claim takes."""
    return max(0, min(limits.max_claim, limits.max_running - open_jobs))
