"""Launch intents on their way to their rows: nothing is sent before they are there."""

from contract.events import Event
from executor.batches import Change
from executor.writer import Writer


class Intents:
    """What a round, or one before it that could not write, means to launch."""

    def __init__(self, writer: Writer) -> None:
        """Nothing is meant yet."""
        self._writer = writer
        self._fence: int | None = None
        self._unwritten: dict[str, tuple[Change, Event]] = {}

    def __bool__(self) -> bool:
        """Whether an intent may not be on its row."""
        return bool(self._unwritten)

    def put(self, change: Change, event: Event) -> None:
        """Take an intent for the next write, and the line of the history that tells of it."""
        self._forget_earlier_reigns()
        self._writer.put(change)
        self._unwritten[change.job.request_id] = change, event

    async def write(self) -> None:
        """See that every intent is on its row, or that its job is another's by now.

        Raises:
            StoreUnavailableError: and the others as :meth:`Writer.drain`; then all are still unwritten.
        """
        self._forget_earlier_reigns()
        changes = [change for change, _ in self._unwritten.values()]
        # One alone does not wait for what else is to be written; several take it along, as each statement is paid for.
        await (self._writer.write_first(changes[0]) if len(changes) == 1 else self._writer.drain())
        # Its history is no condition of a launch: it goes with the next write.
        self._writer.tell(event for _, event in self._unwritten.values())
        self._unwritten.clear()

    def _forget_earlier_reigns(self) -> None:
        # What they meant was dropped by the writer: the history must not tell of it.
        if self._fence != self._writer.fence:
            self._fence = self._writer.fence
            self._unwritten.clear()
