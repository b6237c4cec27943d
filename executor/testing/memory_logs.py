"""Log lines of tasks in memory."""

from collections import defaultdict

TAIL_LINES = 40


class MemoryLogs:
    """The ``Logs`` port without CloudWatch; a task's program writes with :meth:`say`."""

    def __init__(self) -> None:
        """Nobody said anything yet."""
        self._lines: dict[str, list[str]] = defaultdict(list)

    def say(self, task_arn: str, line: str) -> None:
        """One more line of a task."""
        self._lines[task_arn].append(line)

    async def tail(self, task_arn: str, container: str) -> str | None:  # noqa: ARG002 - tasks here have one container
        """The last lines of a task, or None when there are none."""
        return "\n".join(self._lines.get(task_arn, [])[-TAIL_LINES:]) or None
