"""``hours``: when the executor of an environment runs."""

import json
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from executor.cli.environments import HERE, Folder, Json, Name, at_a_terminal, is_local, site_of, timed, told
from executor.cli.errors import CommandError, Exit
from executor.deploy import guard, opening
from executor.deploy.hours import Hours, asked, of
from executor.deploy.whole import Deployment, Site


def hours(  # noqa: PLR0913 - the options of a command
    name: Name,
    *,
    start: Annotated[str | None, typer.Option("--from", help="When it is started, as 06:00.")] = None,
    stop: Annotated[str | None, typer.Option("--to", help="When it is stopped; earlier than --from: next day.")] = None,
    days: Annotated[
        str, typer.Option("--days", help="Days on which it is started: mon-fri, or mon,wed,sat.")
    ] = "mon-fri",
    zone: Annotated[str | None, typer.Option("--zone", help="Time zone, as Europe/Berlin; else the stack's.")] = None,
    off: Annotated[bool, typer.Option("--off", help="No hours: it always runs.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask no question.")] = False,
    as_json: Json = False,
    folder: Folder = HERE,
) -> None:
    """Show, set or take away the hours in which an environment's executor runs; jobs wait outside of them."""
    with told():
        site = site_of(name, folder, timed(quiet=as_json), starts=False)
        deployment = Deployment(site)
        before = deployment.stack.parameters()
        if not before:
            raise CommandError(f"{name} is not deployed: there is no stack {deployment.stack.name}")
        wanted = _wanted(start, stop, days, zone or before["TimeZone"], off=off)
        if wanted is None and not off:
            wants, runs = opening.counts(deployment.stack, site.aws("ecs"))
            if as_json:
                _print(_document(name, before) | {"executors": {"wanted": wants, "at_work": runs}})
            else:
                typer.echo(f"{name}: {_said(before)}; executors: {wants} wanted, {runs} at work")
            return
        with guard.held(site.aws("s3"), deployment.stack.outputs()["Bucket"], name, site.say):
            done = _give(site, deployment, wanted, plan=plan, asks=not (yes or as_json), quiet=as_json)
        if as_json:
            _print(_document(name, deployment.stack.parameters()) | done)


def _give(
    site: Site, deployment: Deployment, wanted: Hours | None, *, plan: bool, asks: bool, quiet: bool
) -> dict[str, Any]:
    stack, name = deployment.stack, site.environment.name
    proposal = opening.propose(stack, site.environment, wanted)
    words, done = str(wanted or "always"), {"plan": list(proposal.changes)}
    if not quiet:
        typer.echo(f"Plan for {name}: the executor runs {words}; {len(proposal.changes)} changes")
        typer.echo("".join(f"  {line}\n" for line in proposal.changes), nl=False)
    if plan:
        stack.forget(proposal)
        return done
    if asks and not is_local(site) and at_a_terminal() and not typer.confirm("Go on?"):
        stack.forget(proposal)
        raise CommandError("nothing was done, as you said")
    now = datetime.now(UTC)  # noqa: TID251 - the edge reads the clock
    deployment.begin()
    count = opening.apply(stack, proposal, site.aws("ecs"), wanted, now)
    site.say(f"{name}: the executor runs {words}; wanted now: {count}" + ("" if count else ", jobs wait"))
    return {**done, "wanted_now": count}


def _document(name: str, parameters: dict[str, str]) -> dict[str, Any]:
    """The hours for machines; the keys are stable."""
    return {
        "environment": name,
        "always": not (parameters.get("HoursStart") and parameters.get("HoursStop")),
        "start": parameters.get("HoursStart", ""),
        "stop": parameters.get("HoursStop", ""),
        "zone": parameters.get("TimeZone", ""),
        "says": _said(parameters),
    }


def _print(document: dict[str, Any]) -> None:
    typer.echo(json.dumps(document, indent=2))


def _wanted(start: str | None, stop: str | None, days: str, zone: str, *, off: bool) -> Hours | None:
    if off and (start or stop):
        raise CommandError("--off goes without --from and --to: an executor without hours always runs", Exit.USAGE)
    if bool(start) != bool(stop):
        raise CommandError("--from and --to go together, as --from 06:00 --to 20:00", Exit.USAGE)
    if not (start and stop):
        return None
    try:
        return asked(start, stop, days, zone)
    except ValueError as error:
        raise CommandError(str(error), Exit.USAGE) from error


def _said(parameters: dict[str, str]) -> str:
    try:
        found = of(parameters)
    except ValueError as other:
        return str(other)
    return f"runs {found}" if found else "no hours; it always runs"
