"""The rows of the table: a figure, its limit, and what was real when it was taken."""

from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.table import Table

STUBS: Final = "A"
SNOWFLAKE: Final = "B"
VIRTUAL: Final = "C"
PLAIN: Final = "D"
LOCAL: Final = "E"
REAL: Final = {
    STUBS: "the executor as a process, with the AWS SDK over HTTP; stubs: ECS and S3, the queue (0.15 s a statement)",
    SNOWFLAKE: "the executor as a process, with the AWS SDK and Snowflake's connector over HTTP, CALL and SQL on the "
    "local Snowflake; stub: ECS and S3",
    VIRTUAL: "the executor's loops in virtual time over the shipped fakes",
    PLAIN: "a plain loop as a process, with the AWS SDK and Snowflake's connector over HTTP, SQL on the local "
    "Snowflake; stub: ECS",
    LOCAL: "the whole product with the real runner, on the local Snowflake and the local AWS",
}
"""What is real in a row, by its letter."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure; without a limit it stands for comparison."""

    what: str
    value: float
    unit: str
    limit: float | None
    real: str

    @property
    def kept(self) -> bool | None:
        """Whether the limit is kept, where there is one."""
        return None if self.limit is None else self.value <= self.limit


def show(rows: list[Row]) -> None:
    """Print all rows as one table."""
    table = Table(title="The executor")
    for heading in ("what", "figure", "limit", "", "real"):
        table.add_column(heading, justify="right" if heading in {"figure", "limit"} else "left")
    for row in rows:
        limit = "" if row.limit is None else f"≤ {row.limit:g}"
        verdict = {None: "", True: "kept", False: "MISSED"}[row.kept]
        table.add_row(row.what, f"{row.value:.3g} {row.unit}", limit, verdict, row.real)
    console = Console(width=120)
    console.print(table)
    for letter in sorted({row.real for row in rows}):
        console.print(f"{letter}: {REAL[letter]}", highlight=False)
