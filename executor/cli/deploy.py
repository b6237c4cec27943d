"""``deploy snowflake``: install or upgrade the Snowflake side."""

import json
import sys
from typing import Annotated, Any

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict
from snowflake.connector import errors

from contract.ids import Bucket, Installation
from executor.cli.deploy_plan import lines_of
from executor.cli.errors import CommandError, Exit
from executor.cli.snowflake_troubles import of_sign_in, of_statement, one_line
from executor.deploy import snowflake as snowflake_side
from executor.deploy.lock import LockedError
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings, load

app = typer.Typer(help="Install or upgrade the product.", no_args_is_help=True, add_completion=False)


class DeploySettings(BaseSettings):
    """What a new queue is called, and where its reports go."""

    model_config = SettingsConfigDict(env_prefix="REPORTING_", extra="ignore")

    installation: Installation
    bucket: Bucket


@app.callback()
def deploy() -> None:
    """Install or upgrade the product."""


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


def _said(error: errors.Error, sign_in: SnowflakeSettings) -> CommandError:
    if isinstance(error, errors.ProgrammingError):
        refused = f"Snowflake refused a statement: {one_line(error)}; the role must be able to create and to grant"
        return of_statement(error) or CommandError(refused)
    return of_sign_in(error, {"user": sign_in.user, "role": sign_in.role})
