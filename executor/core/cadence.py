"""How soon a task is looked at again: often while it is young, seldom when it runs for long."""

from typing import Final

SHARE_OF_AGE: Final = 0.2
"""What has been as it is for a minute is looked at after twelve seconds, a fifth of that."""


def next_look_s(age_s: float, least_s: float, most_s: float) -> float:
    """Seconds until the next look.

    Args:
        age_s: how long the task has been in the state in which it is.
        least_s: the shortest pause.
        most_s: the longest.
    """
    return min(max(least_s, most_s), max(least_s, age_s * SHARE_OF_AGE))
