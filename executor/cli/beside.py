"""A step that goes on beside another one, and tells its lines after it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

Say = Callable[[str], None]


class Beside:
    """Runs a step in a thread of its own, as long as a `with` block lasts.

    Args:
        step: takes what it shall say its lines with.
        say: told the lines, in their order, from `end` on: before it the other step speaks.
    """

    def __init__(self, step: Callable[[Say], object], say: Say) -> None:
        self._step, self._say = step, say
        self._guard = threading.Lock()
        self._held: list[str] | None = []
        self._thread = ThreadPoolExecutor(1)
        self._begun: Future[object] | None = None

    def begin(self) -> Future[object]:
        """Let it go."""
        self._begun = begun = self._thread.submit(self._step, self._tell)
        return begun

    def end(self) -> None:
        """Tell what it has said so far, then the rest as it says it; raises what it raised.

        A step that was not begun is done now.
        """
        with self._guard:
            held, self._held = self._held or [], None
            for line in held:
                self._say(line)
        (self._begun or self.begin()).result()

    def __enter__(self) -> Self:
        """Answer with the step, which has not begun."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Wait for its end, whatever came of the other one."""
        self._thread.shutdown()

    def _tell(self, line: str) -> None:
        with self._guard:
            if self._held is None:
                self._say(line)
            else:
                self._held.append(line)
