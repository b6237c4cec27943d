"""``hours``: when the executor of an environment runs."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from executor.cli.environments import HERE, Folder, Name, at_a_terminal, site_of, timed, told
from executor.cli.errors import CommandError, Exit
from executor.cli.local_environment import NAME as LOCAL
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
    folder: Folder = HERE,
) -> None:
    """Show, set or take away the hours in which an environment's executor runs; jobs wait outside of them."""
    with told():
        site = site_of(name, folder, timed(quiet=False), starts=False)
        deployment = Deployment(site)
        before = deployment.stack.parameters()
        if not before:
            raise CommandError(f"{name} is not deployed: there is no stack {deployment.stack.name}")
        wanted = _wanted(start, stop, days, zone or before["TimeZone"], off=off)
        if wanted is None and not off:
            wants, runs = opening.counts(deployment.stack, site.aws("ecs"))
            typer.echo(f"{name}: {_said(before)}; executors: {wants} wanted, {runs} at work")
            return
        with guard.held(site.aws("s3"), deployment.stack.outputs()["Bucket"], name, site.say):
            _give(site, deployment, wanted, plan=plan, yes=yes)


def _give(site: Site, deployment: Deployment, wanted: Hours | None, *, plan: bool, yes: bool) -> None:
    stack, name = deployment.stack, site.environment.name
    proposal = opening.propose(stack, site.environment, wanted)
    words = str(wanted or "always")
    typer.echo(f"Plan for {name}: the executor runs {words}; {len(proposal.changes)} changes")
    for line in proposal.changes:
        typer.echo(f"  {line}")
    if plan:
        stack.forget(proposal)
        return
    if not (yes or name == LOCAL) and at_a_terminal() and not typer.confirm("Go on?"):
        stack.forget(proposal)
        raise CommandError("nothing was done, as you said")
    now = datetime.now(UTC)  # noqa: TID251 - the edge reads the clock
    deployment.begin()
    count = opening.apply(stack, proposal, site.aws("ecs"), wanted, now)
    site.say(f"{name}: the executor runs {words}; wanted now: {count}" + ("" if count else ", jobs wait"))


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
