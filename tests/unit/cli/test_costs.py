"""``costs``: one line for each month and type, and the sum of what is known."""

import io
from datetime import date
from decimal import Decimal
from typing import Any

from rich.console import Console

from executor.cli.costs import costs_table


def row(report_type: str, **changes: Any) -> dict[str, Any]:
    usual = {"month": date(2026, 11, 1), "report_type": report_type, "jobs": 4, "succeeded": 3, "failed": 1}
    usual |= {"extra_attempts": Decimal(2), "run_s": Decimal(5400), "cost_usd": Decimal("0.12")}
    return usual | {"cost_usd_per_report": Decimal("0.04"), "cost_usd_without_files": Decimal("0.03")} | changes


def lines(rows: list[dict[str, Any]]) -> list[list[str]]:
    out = io.StringIO()
    Console(file=out, width=200).print(costs_table(rows))
    return [
        [cell.strip() for cell in line.strip("│┃").split("│")] for line in out.getvalue().splitlines() if "│" in line
    ]


def test_each_line_says_what_a_type_cost_in_a_month_and_the_last_one_the_sum() -> None:
    dear, unknown = row("DEAR"), row("UNKNOWN", cost_usd=None, cost_usd_per_report=None, cost_usd_without_files=None)
    assert lines([dear, unknown]) == [
        ["2026-11", "DEAR", "4", "3", "1", "2", "1.50", "0.1200", "0.0400", "0.0300"],
        ["2026-11", "UNKNOWN", "4", "3", "1", "2", "1.50", "?", "?", "?"],
        ["together", "", "8", "6", "2", "4", "3.00", "0.1200", "0.0400", "0.0300"],
    ]


def test_of_what_made_no_report_there_is_no_cost_per_report_and_of_nothing_there_is_no_sum() -> None:
    assert lines([row("BROKEN", succeeded=0, cost_usd_per_report=None)])[0][-2] == ""
    assert lines([]) == []
