"""What every format is: a head, batches of rows, a foot, written to a stream of bytes."""

from dataclasses import dataclass
from typing import ClassVar, Protocol

from runner.arrow import RecordBatch


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result: its name as the files show it, and whether its text is JSON (VARIANT and kin)."""

    name: str
    is_json: bool = False


class ByteSink(Protocol):
    """Where a writer puts its bytes."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of the bytes."""
        ...


class RowWriter(Protocol):
    """Writes one result as one file."""

    content_type: ClassVar[str]

    def __init__(self, sink: ByteSink, columns: tuple[Column, ...]) -> None:
        """Write the columns given to the sink."""
        ...

    def begin(self) -> None:
        """Write what stands before the rows."""
        ...

    def write(self, batch: RecordBatch) -> None:
        """Write the rows of one batch."""
        ...

    def end(self) -> None:
        """Write what stands after the rows."""
        ...
