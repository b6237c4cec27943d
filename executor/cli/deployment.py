"""``doctor`` itself: the checks of a deployment."""

import json
from pathlib import Path
from typing import Annotated

import typer

from doctor.checks.every import EVERY
from doctor.checks.frame import Check, Result, State
from doctor.checks.run import run
from doctor.checks.words import FORMATS, as_data, summary
from executor.cli.errors import CommandError, Exit


def deployment(
    context: typer.Context,
    *,
    only: Annotated[
        list[str] | None, typer.Option("--only", help="Only the check of this id; may be repeated.")
    ] = None,
    explain: Annotated[str | None, typer.Option("--explain", help="Tell a check's theory and what it reads.")] = None,
    format_: Annotated[str, typer.Option("--format", help="table, markdown or junit.")] = "table",
    output: Annotated[Path | None, typer.Option("--output", help="Write there; a summary is still printed.")] = None,
    limit_s: Annotated[float, typer.Option("--limit", help="Seconds for each check.", min=0.1)] = 10.0,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Find what will break before it breaks.

    Asks AWS and Snowflake by the settings of the environment, side by side, and changes nothing. Exit code 1 when a
    check failed. What could not be looked at says which right it takes.
    """
    if context.invoked_subcommand is not None:
        return
    if explain is not None:
        typer.echo(_theory(_checks([explain])[0]))
        return
    if format_ not in FORMATS:
        raise CommandError(f"--format {format_}: there are {', '.join(FORMATS)}.", Exit.USAGE)
    results = _looked(_checks(only or []), limit_s)
    text = json.dumps(as_data(results), indent=2, ensure_ascii=False) if json_ else FORMATS[format_](results)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
        text = summary(results)
    typer.echo(text)
    if any(result.state is State.FAILED for result in results):
        raise typer.Exit(Exit.FAILED)


def _checks(ids: list[str]) -> list[Check]:
    by_id = {check.id: check for check in EVERY}
    for name in ids:
        if name not in by_id:
            raise CommandError(f"no check is called {name!r}; there are: {', '.join(by_id)}.", Exit.USAGE)
    return [by_id[name] for name in ids] if ids else list(EVERY)


def _looked(checks: list[Check], limit_s: float) -> list[Result]:
    from executor.cli.looking import place  # noqa: PLC0415 - the vendors' clients take a second that --help need not wait

    done = 0

    def progress(result: Result) -> None:
        nonlocal done
        done += 1
        typer.echo(f"{done}/{len(checks)} {result.id}: {result.state.value}", err=True)

    with place() as here:
        return run(checks, here, limit_s=limit_s, progress=progress)


def _theory(check: Check) -> str:
    reads = ", ".join(check.reads) or "nothing but the environment"
    return (
        f"{check.id}: {check.question}.\n{check.theory}\nA fault counts as {check.severity.value}. It reads: {reads}."
    )
