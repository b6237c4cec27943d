"""``doctor`` itself: the checks of a deployment."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Annotated

import typer

from doctor.checks.every import EVERY
from doctor.checks.frame import Check, Result, Severity, State
from doctor.checks.run import run
from doctor.checks.words import FORMATS, as_data, summary
from doctor.offline.every import EVERY as THEORIES
from executor.cli.errors import CommandError, Exit
from executor.cli.offline import looked


def deployment(  # noqa: PLR0913 - one for each option
    context: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[CHECK|FILE]...", help="Checks by their ids, or files and folders to judge offline."),
    ] = None,
    *,
    offline: Annotated[
        bool,
        typer.Option("--offline", help="Ask nobody: judge the files, or infra/ and the settings where none is named."),
    ] = False,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", help="name=value for a template's parameter; may be repeated.")
    ] = None,
    dockerfile: Annotated[
        list[str] | None, typer.Option("--dockerfile", help="NAME=PATH for a container; may be repeated.")
    ] = None,
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

    Asks AWS and Snowflake by the settings of the environment, side by side, and changes nothing; with files or
    --offline it asks nobody, and judges templates, task definitions, requests and Dockerfiles. Exit code 1 when a
    check failed. What could not be looked at says which right it takes.
    """
    if context.invoked_subcommand is not None:
        return
    if explain is not None:
        typer.echo(_theory(explain))
        return
    if format_ not in FORMATS:
        raise CommandError(f"--format {format_}: there are {', '.join(FORMATS)}.", Exit.USAGE)
    ids, paths = _told_apart(words or [])
    ids += only or []
    if offline or paths:
        results = _judged(ids, paths, parameter or [], dockerfile or [])
    else:
        _refuse_unheeded(parameter, dockerfile)
        results = _looked(_checks(ids), limit_s)
    text = json.dumps(as_data(results), indent=2, ensure_ascii=False) if json_ else FORMATS[format_](results)
    if output is not None:
        output.write_text(text + "\n", encoding="utf-8")
        text = summary(results)
    typer.echo(text)
    if any(result.state is State.FAILED for result in results):
        raise typer.Exit(Exit.FAILED)


def _refuse_unheeded(parameter: list[str] | None, dockerfile: list[str] | None) -> None:
    """Options that are about files, where none is judged."""
    for option, given in (("--parameter", parameter), ("--dockerfile", dockerfile)):
        if given:
            message = f"{option} {given[0]}: is for files only. Name files to judge, or add --offline."
            raise CommandError(message, Exit.USAGE)


def _told_apart(words: list[str]) -> tuple[list[str], list[Path]]:
    """Ids of checks, and paths."""
    known = {check.id for check in EVERY} | {theory.id for theory in THEORIES}
    strange = [word for word in words if word not in known and not Path(word).exists()]
    if strange:
        message = f"no check and no file is called {strange[0]!r}; checks are: {', '.join(one.id for one in EVERY)}."
        raise CommandError(message, Exit.USAGE)
    return [word for word in words if word in known], [Path(word) for word in words if word not in known]


def _checks(ids: list[str]) -> list[Check]:
    by_id: dict[str, Check] = {check.id: check for check in EVERY}
    return [by_id[_known(name, by_id)] for name in ids] if ids else list(EVERY)


def _known(name: str, by_id: Collection[str]) -> str:
    if name in by_id:
        return name
    raise CommandError(f"no check is called {name!r}; there are: {', '.join(map(str, by_id))}.", Exit.USAGE)


def _judged(ids: list[str], paths: list[Path], parameters: list[str], dockerfiles: list[str]) -> list[Result]:
    by_id = {theory.id: theory for theory in THEORIES}
    theories = [by_id[_known(name, by_id)] for name in ids] if ids else list(THEORIES)
    return looked(
        theories,
        paths,
        parameters=dict(_pair(text, "--parameter") for text in parameters),
        dockerfiles=[(name, Path(path)) for name, path in (_pair(text, "--dockerfile") for text in dockerfiles)],
    )


def _pair(text: str, option: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise CommandError(f"{option} {text}: wants name=value.", Exit.USAGE)
    return name, value


def _looked(checks: list[Check], limit_s: float) -> list[Result]:
    from executor.cli.looking import place  # noqa: PLC0415 - the vendors' clients take a second that --help need not wait

    done = 0

    def progress(result: Result) -> None:
        nonlocal done
        done += 1
        typer.echo(f"{done}/{len(checks)} {result.id}: {result.state.value}", err=True)

    with place() as here:
        return run(checks, here, limit_s=limit_s, progress=progress)


def _theory(name: str) -> str:
    """What is to be said of a check, or of what is judged offline."""
    found = [check for check in EVERY if check.id == name]
    lines = [_told(one.id, one.question, one.theory, one.severity, ", ".join(one.reads)) for one in found]
    lines += [
        _told(f"{one.id} --offline", one.question, one.theory, one.severity, "files")
        for one in THEORIES
        if one.id == name
    ]
    if not lines:
        _known(name, [*(check.id for check in EVERY), *(theory.id for theory in THEORIES)])
    return "\n\n".join(lines)


def _told(name: str, question: str, theory: str, severity: Severity, reads: str) -> str:
    what = reads or "nothing but the environment"
    return f"{name}: {question}.\n{theory}\nA fault counts as {severity.value}. It reads: {what}."
