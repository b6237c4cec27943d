"""Sends a launch, and remembers of which launches it is sure that no task can have come."""

from collections.abc import Mapping
from typing import Any

from executor.core.causes import Catalogue
from executor.core.launch_answers import LaunchAnswer, Throttled, understood
from executor.ports import Launcher


async def send(launcher: Launcher, run_task: Mapping[str, Any], catalogue: Catalogue, unsent: set[str]) -> LaunchAnswer:
    """One RunTask.

    ``unsent`` are the tokens of which this reign knows that no task was made. A token leaves it before it is sent; it
    comes back when the first answer was that AWS asks for patience, because then nothing was made.
    """
    token = str(run_task["clientToken"])
    was_unsent = token in unsent
    unsent.discard(token)
    answer = understood(await launcher.run(run_task), catalogue)
    if was_unsent and isinstance(answer, Throttled):
        unsent.add(token)
    return answer
