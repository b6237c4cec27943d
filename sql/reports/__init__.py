"""The built-in business reports: one folder each, with its definition and one file per query."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def report_names() -> tuple[str, ...]:
    """The report types that come with the product, in alphabetical order."""
    folders = (entry for entry in files("sql.reports").iterdir() if entry.is_dir())
    return tuple(sorted(f.name.upper() for f in folders if f.joinpath("definition.json").is_file()))


def load_report(name: str) -> dict[str, Any]:
    """The definition of a report type as ``contract.report.ReportDefinition`` reads it, its queries' SQL put in.

    Args:
        name: the report type, for example ``SALES_REPORT``.

    Raises:
        KeyError: there is no such report; the message names those that there are.
    """
    if name not in report_names():
        raise KeyError(f"{name} is no built-in report; there are {', '.join(report_names())}")
    folder = files("sql.reports").joinpath(name.lower())
    definition: dict[str, Any] = json.loads(folder.joinpath("definition.json").read_text(encoding="utf-8"))
    for query in definition["queries"]:
        text = folder.joinpath(query.pop("file")).read_text(encoding="utf-8")
        query["sql"] = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
    return definition
