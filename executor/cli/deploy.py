"""``deploy snowflake``: install or upgrade the Snowflake side."""

import json
import sys
from typing import Annotated, Any

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict
from snowflake.connector import connect, errors

from contract.ids import Bucket, Installation
from executor.cli.deploy_plan import lines_of
from executor.cli.environments import HERE, Folder, deploy_all
from executor.cli.errors import CommandError, Exit
from executor.cli.images import images
from executor.cli.snowflake_troubles import of_sign_in, of_statement, one_line
from executor.deploy import bells, earlier, signing_in
from executor.deploy import snowflake as snowflake_side
from executor.deploy.lock import LockedError
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings, load

app = typer.Typer(help="Install or upgrade the product.", add_completion=False)
app.command()(images)


class DeploySettings(BaseSettings):
    """What a new queue is called, and where its reports go."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    installation: Installation
    bucket: Bucket


class DoorbellSettings(BaseSettings):
    """Which queue the executor listens to."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    hints_queue_url: str


@app.callback(invoke_without_command=True)
def deploy(
    context: typer.Context,
    *,
    environment: Annotated[
        str | None, typer.Option("--env", help="All of an environment: infra/environments/<name>.toml, or local.")
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask no question.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print plan and result as JSON, and no steps.")] = False,
    folder: Folder = HERE,
) -> None:
    """Install or upgrade the product."""
    if context.invoked_subcommand is not None:
        return
    if environment is None:
        raise CommandError("--env names the environment to deploy; or take a part: reporting deploy --help", Exit.USAGE)
    deploy_all(environment, plan=plan, yes=yes, as_json=as_json, folder=folder)


@app.command()
def snowflake(
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be done, and end.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Ask no question.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the plan, and what was done, as JSON.")] = False,
) -> None:
    """Create or upgrade tables, views, procedures, tasks and built-in reports in Snowflake; the plan comes first."""
    try:
        settings, names, sign_in = load(DeploySettings, ObjectNames, SnowflakeSettings)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    what: dict[str, Any] = {
        "installation": settings.installation,
        "bucket": settings.bucket,
        "names": names,
        "snowflake_settings": sign_in,
    }
    try:
        found = snowflake_side.planned(**what)
        if not as_json:
            typer.echo("\n".join(lines_of(found)))
        if not plan and not found.nothing_new and not (yes or as_json):
            _ask()
        done: list[str] = []
        if not plan:
            snowflake_side.deploy(**what, say=done.append if as_json else typer.echo)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except (snowflake_side.DeployError, LockedError) as error:
        raise CommandError(str(error)) from error
    except errors.Error as error:
        raise _said(error, sign_in) from error
    if as_json:
        typer.echo(json.dumps({"plan": found.as_json(), "done": done}, indent=2))


def _at_a_terminal() -> bool:
    return sys.stdin.isatty()


def _ask() -> None:
    # Where nobody can answer, as in a pipeline, whoever wrote the command has answered.
    if _at_a_terminal() and not typer.confirm("Go on?"):
        raise CommandError("nothing was done, as you said; reporting deploy snowflake --plan shows the plan again")


@app.command()
def doorbell(
    topic_arn: Annotated[str, typer.Argument(help="ARN of the SNS topic by which Snowflake shall ring.")],
    integration: Annotated[str, typer.Option(help="Name of the notification integration.")] = bells.DEFAULT_NAME,
    role_arn: Annotated[str | None, typer.Option(help="IAM role that Snowflake shall take on.")] = None,
) -> None:
    """Print what an administrator runs so that a CALL rings for the executor; changes nothing."""
    try:
        settings, names, sign_in = load(DoorbellSettings, ObjectNames, SnowflakeSettings)
        arguments = signing_in.explicit(sign_in.connect_arguments(names))
        planned = bells.wiring(
            integration=integration, topic_arn=topic_arn, role_arn=role_arn, queue_url=settings.hints_queue_url
        )
    except (SettingsError, ValueError) as error:
        raise CommandError(str(error), Exit.USAGE) from error
    try:
        with connect(**arguments) as connection:
            typer.echo(bells.instructions(connection, planned))
    except errors.Error as error:
        raise _said(error, sign_in) from error


@app.command("move-over")
def move_over(
    matching: Annotated[
        list[str] | None,
        typer.Option(help="Name of objects of your own earlier design, * for any characters; repeat it."),
    ] = None,
    *,
    drop: Annotated[bool, typer.Option("--drop", help="Drop what is found.")] = False,
) -> None:
    """Show what is left of an earlier design that called an HTTP service, and what stands for it; --drop drops it."""
    try:
        names, sign_in = load(ObjectNames, SnowflakeSettings)
        arguments = signing_in.explicit(sign_in.connect_arguments(names))
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    try:
        with connect(**arguments) as connection:
            found = earlier.find(connection, names, [*earlier.PATTERNS, *(matching or [])])
            for one in found:
                typer.echo(f"{one.kind} {one.name}\n    instead: {one.instead}")
                if drop:
                    earlier.drop(connection, one)
                    typer.echo("    dropped")
    except errors.Error as error:
        raise _said(error, sign_in) from error
    if not found:
        typer.echo("nothing of an earlier design is left, as far as this role sees")
    elif not drop:
        typer.echo("nothing was dropped; --drop drops what is listed")


def _said(error: errors.Error, sign_in: SnowflakeSettings) -> CommandError:
    if isinstance(error, errors.ProgrammingError):
        refused = f"Snowflake refused a statement: {one_line(error)}; the role must be able to create and to grant"
        return of_statement(error) or CommandError(refused)
    return of_sign_in(error, {"user": sign_in.user, "role": sign_in.role})
