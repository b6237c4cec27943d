"""``causes``: the catalogue of failures, to be read or counted."""

import json
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from executor.cli.own_causes import OwnFile, catalogue
from executor.core.causes import Catalogue, Cause
from executor.core.families import MEANING, Family


def causes(
    family: Annotated[
        list[Family] | None, typer.Option("--family", help="Only causes of this family; may be repeated.")
    ] = None,
    causes_file: OwnFile = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List the known causes of failure: what they mean, what to do, whether a retry helps."""
    known = catalogue(causes_file)
    wanted = set(family or Family)
    found = sorted(
        (one for one in known.causes if one.family in wanted), key=lambda one: list(Family).index(one.family)
    )
    if json_:
        typer.echo(json.dumps([_row(one, known) for one in found], indent=2))
        return
    table = Table("cause", "means", "what to do", "retry helps", show_lines=False)
    told: Family | None = None
    for one in found:
        if one.family is not told:
            table.add_section()
            table.add_row(f"[bold]{one.family}[/bold]", MEANING[one.family])
            told = one.family
        table.add_row(one.cause_id, one.summary, one.remedy, str(one.retry))
    Console().print(table)


def _row(cause: Cause, known: Catalogue) -> dict[str, Any]:
    return {
        "cause_id": cause.cause_id,
        "family": cause.family,
        "means": cause.summary,
        "remedy": cause.remedy,
        "retry_helps": cause.retry,
        "code_ran": cause.code_ran,
        "texts": [
            {
                "where": text.scope,
                "pattern": text.pattern.pattern,
                "certainty": text.certainty,
                "confidence": text.confidence,
                "source": text.source,
                "example": text.example,
            }
            for text in known.texts
            if text.cause.cause_id == cause.cause_id
        ],
    }
