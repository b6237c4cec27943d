"""Trouble on request: calls that never arrive, and answers that get lost after the call went through."""

from collections import Counter

from executor.port_errors import NothingDoneError, StoreUnavailableError


class Faults:
    """What goes wrong next, by name of the port's method."""

    def __init__(self) -> None:
        """Nothing goes wrong."""
        self.down = False
        self._unreached: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    def fail(self, method: str, times: int = 1) -> None:
        """The next calls of a method do not arrive."""
        self._unreached[method] += times

    def refuse(self, method: str, times: int = 1) -> None:
        """The next calls of a method are answered with a refusal, because too many wait for the same lock."""
        self._refused[method] += times

    def restore(self, method: str) -> None:
        """A method's calls arrive again."""
        self._unreached.pop(method, None)

    def lose_answer(self, method: str, times: int = 1) -> None:
        """The next calls of a method are carried out, but their answers get lost."""
        self._lost[method] += times

    def before(self, method: str) -> None:
        """Called by the fake before it acts.

        Raises:
            NothingDoneError: this call shall be refused.
            StoreUnavailableError: this call shall not arrive.
        """
        if self._take(self._refused, method):
            raise NothingDoneError(f"{method}: 000625: too many statements wait for the same lock")
        if self.down or self._take(self._unreached, method):
            raise StoreUnavailableError(f"{method}: not reached")

    def after(self, method: str) -> None:
        """Called by the fake after it acted.

        Raises:
            StoreUnavailableError: this answer shall be lost.
        """
        if self._take(self._lost, method):
            raise StoreUnavailableError(f"{method}: the answer was lost")

    @staticmethod
    def _take(left: Counter[str], method: str) -> bool:
        if left[method] == 0:
            return False
        left[method] -= 1
        return True
