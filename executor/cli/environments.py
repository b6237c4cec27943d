"""``deploy --env`` and ``rollback``: whole environments."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError
from snowflake.connector import errors

from executor.cli.aws_clients import CHANGING, clients, exit_of
from executor.cli.deploy_plan import lines_of
from executor.cli.errors import CommandError, Exit
from executor.cli.in_time import agreed, in_time
from executor.cli.local_environment import LocalCloud, on_local_cloud
from executor.cli.snowflake_troubles import of_sign_in, of_statement, one_line
from executor.cli.with_cause import with_cause
from executor.deploy import environment as environments
from executor.deploy import images, versions
from executor.deploy.failed import Failed, Why
from executor.deploy.guard import DeployedElsewhereError
from executor.deploy.lock import LockedError
from executor.deploy.opening import HoursError
from executor.deploy.smoke import SmokeError
from executor.deploy.snowflake import DeployError
from executor.deploy.stack import StackError
from executor.deploy.whole import Deployment, GroundError, Plan, Site
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings, load

Name = Annotated[str, typer.Option("--env", help="The environment: infra/environments/<name>.toml, or local.")]
Folder = Annotated[Path, typer.Option("--local-dir", help="Where local environments keep their cloud.")]
Json = Annotated[bool, typer.Option("--json", help="Print what was done as JSON, and ask nothing.")]
HERE = Path(".local/deploy")


def deploy_all(name: str, *, plan: bool, yes: bool, as_json: bool, folder: Path) -> None:
    """Deploy an environment: look, plan, stack, images, Snowflake, executor, first report."""
    say = timed(quiet=as_json)
    with told(), in_time(say) as (say, limit):
        site = site_of(name, folder, say, starts=True)
        deployment = Deployment(site, limit, why_of(site))
        planned = deployment.plan()
        if not as_json:
            typer.echo("\n".join(_lines(planned)))
        if plan:
            deployment.stack.forget(planned.stack)
            if as_json:
                typer.echo(json.dumps({"plan": planned.as_json()}, indent=2))
            return
        if not (yes or as_json or is_local(site)) and at_a_terminal() and not agreed(limit):
            deployment.stack.forget(planned.stack)
            raise CommandError("nothing was done, as you said")
        try:
            version = deployment.carry_out(planned)
        except DeployedElsewhereError:
            deployment.stack.forget(planned.stack)
            raise
    say(f"{name} is at work: version {version.number}")
    if as_json:
        document = {"plan": planned.as_json(), "version": version.number, "outputs": deployment.stack.outputs()}
        typer.echo(json.dumps(document, indent=2))


def rollback(
    name: Name,
    *,
    to: Annotated[int | None, typer.Option("--to", help="Number of the version; without, the one before.")] = None,
    listed: Annotated[bool, typer.Option("--list", help="List the versions, and end.")] = False,
    folder: Folder = HERE,
) -> None:
    """Let an earlier version of programs and procedures work again; tables and data stay as they are."""
    say = timed(quiet=False)
    with told(), in_time(say) as (say, limit):
        site = site_of(name, folder, say, starts=False)
        deployment = Deployment(site, limit, why_of(site))
        outputs = deployment.stack.outputs()
        if not outputs:
            raise CommandError(f"{name} is not deployed: there is no stack {deployment.stack.name}")
        kept = versions.Versions(site.aws("s3"), outputs["Bucket"], name).all()
        at_work = versions.current(kept, deployment.stack.parameters())
        if listed:
            for one in kept:
                mark = "  at work" if at_work and one.number == at_work.number else ""
                typer.echo(f"version {one.number}  {one.at}  {one.code}{mark}")
            return
        wanted = _wanted(kept, at_work, to)
        if wanted is None:
            typer.echo(f"{name} has no version before {at_work.number if at_work else 'this one'}; it stays at work")
            return
        deployment.go_back(wanted)
    say(f"{name} is at work: version {wanted.number}")


def _wanted(kept: list[versions.Version], at_work: versions.Version | None, to: int | None) -> versions.Version | None:
    if to is not None:
        found = next((one for one in kept if one.number == to), None)
        if found is None:
            known = ", ".join(str(one.number) for one in kept) or "none"
            raise CommandError(f"--to {to}: there is no such version; kept are: {known}", Exit.USAGE)
        return found
    earlier = [one for one in kept if at_work is None or one.number < at_work.number]
    return earlier[-1] if earlier else None


def site_of(name: str, folder: Path, say: Callable[[str], None], *, starts: bool) -> Site:
    """What deploys into an environment; ``starts`` lets a local cloud be started.

    Raises:
        SettingsError: its file, or the sign-in to Snowflake, cannot be used.
        CommandError: it is a local one, and no local cloud runs.
    """
    said = environments.read(name)
    if on_local_cloud(name, said):
        cloud = LocalCloud(folder)
        if starts:
            cloud.start(say)
        environment = cloud.environment(name, said or {})
        if starts:
            cloud.note(environment)
        region = environment.region
        return Site(environment, cloud.clients(region), cloud.sign_in(), Path.cwd(), cloud.build(region), say)
    environment = environments.from_file(name)
    _, sign_in = load(ObjectNames, SnowflakeSettings)
    aws = clients(CHANGING, boto3.Session(region_name=environment.region))
    return Site(environment, aws, sign_in, Path.cwd(), images.run, say)


def is_local(site: Site) -> bool:
    """Whether an environment is on the local cloud, where nothing that was lost is a loss."""
    return site.environment.cloud == "local"


def why_of(site: Site) -> Why:
    """What explains a service of an environment that does not come up."""

    def why(failed: Failed) -> list[str]:
        from executor.cli.failed_service import told as explained  # noqa: PLC0415 - only a failure needs the theories

        try:
            return explained(site.aws, failed, site.root)
        except (BotoCoreError, ClientError, CommandError, ValueError, KeyError) as error:
            return [f"why cannot be told: {error}"]  # what failed is the news, and must not be hidden by this

    return why


def _lines(plan: Plan) -> list[str]:
    count = len(plan.stack.changes)
    head = f"Plan for the stack: {count} changes" if count else "Plan for the stack: nothing to do"
    return [head, *(f"  {line}" for line in plan.stack.changes), *lines_of(plan.snowflake)]


def timed(*, quiet: bool) -> Callable[[str], None]:
    """What prints a step with the seconds since the beginning; nothing when ``quiet``."""
    began_s = time.monotonic()

    def say(text: str) -> None:
        if not quiet:
            typer.echo(f"{time.monotonic() - began_s:6.1f} s  {text}")

    return say


def at_a_terminal() -> bool:
    """Whether somebody can answer a question."""
    return sys.stdin.isatty()


@contextmanager
def told() -> Iterator[None]:
    """Tell everything that can stop a deployment as one sentence.

    Raises:
        CommandError: with that sentence.
    """
    try:
        yield
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except (StackError, images.ImageError) as error:
        raise CommandError(with_cause(str(error))) from error
    except (
        GroundError, DeployError, LockedError, DeployedElsewhereError, SmokeError,
        HoursError, ValueError,
    ) as error:  # fmt: skip
        raise CommandError(str(error)) from error
    except errors.ProgrammingError as error:
        refused = f"Snowflake refused a statement: {one_line(error)}; the version that was there works on; repeat"
        raise of_statement(error) or CommandError(refused) from error
    except errors.Error as error:
        raise of_sign_in(error, {}) from error
    except (BotoCoreError, ClientError) as error:
        raise CommandError(f"AWS: {error}; what was at work is at work; repeat", exit_of(error)) from error
