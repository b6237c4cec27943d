"""``costs``: what the tasks of reports cost, by month and type."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Final, Literal

import typer
from rich.table import Table

from executor.cli.client import as_json, connected
from executor.cli.jobs import Json, say_if_unknown, wide_console

_HOUR_S: Final = 3600
_UNKNOWN: Final = "?"
"""Of tasks in a region or of a kind whose prices are not known."""


def costs(
    type_: Annotated[str | None, typer.Option("--type", help="Only reports of this type.")] = None,
    months: Annotated[int, typer.Option(help="How many months back, this one included.", min=1, max=120)] = 3,
    *,
    json_: Json = False,
) -> None:
    """Show what reports cost, by month and type: jobs, hours, USD; also of jobs that were pruned."""
    with connected() as client:
        rows = client.rows("costs", report_type=type_.upper() if type_ else None, months=months)
        if type_ and not rows:
            say_if_unknown(client, type_.upper())
    typer.echo(as_json(rows)) if json_ else wide_console().print(costs_table(rows))


def costs_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    """One line for each month and type, and the sum; USD of Fargate alone, without the warehouse."""
    table, total = Table(show_footer=bool(rows)), _sum(rows)
    for heading, side, value in _COLUMNS:
        table.add_column(heading, value(total) if side == "right" else "", justify=side)
    table.columns[0].footer = "together"
    for row in rows:
        table.add_row(*(value(row) for _, _, value in _COLUMNS))
    return table


def _sum(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    known = {name: [row[name] for row in rows if row[name] is not None] for name in _SUMMED}
    total: dict[str, Any] = {name: sum(found) if found else None for name, found in known.items()}
    made = sum(row["succeeded"] for row in rows if row["cost_usd"] is not None)
    return total | {"cost_usd_per_report": total["cost_usd"] / made if made else None}


def _usd(value: Decimal | float | None) -> str:
    return _UNKNOWN if value is None else f"{value:.4f}"


def _count(name: str) -> Callable[[Mapping[str, Any]], str]:
    return lambda row: f"{row[name] or 0:,}"


_SUMMED: Final = ("jobs", "succeeded", "failed", "extra_attempts", "run_s", "cost_usd", "cost_usd_without_files")
_COLUMNS: Final[tuple[tuple[str, Literal["left", "right"], Callable[[Mapping[str, Any]], str]], ...]] = (
    ("month", "left", lambda row: f"{row['month']:%Y-%m}"),
    ("type", "left", lambda row: str(row["report_type"])),
    ("jobs", "right", _count("jobs")),
    ("made", "right", _count("succeeded")),
    ("failed", "right", _count("failed")),
    ("retries", "right", _count("extra_attempts")),
    ("hours", "right", lambda row: f"{float(row['run_s'] or 0) / _HOUR_S:.2f}"),
    ("USD", "right", lambda row: _usd(row["cost_usd"])),
    ("USD per report", "right", lambda row: _usd(row["cost_usd_per_report"]) if row["succeeded"] else ""),
    ("USD without files", "right", lambda row: _usd(row["cost_usd"] and (row["cost_usd_without_files"] or 0))),
)
