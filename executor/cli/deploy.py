"""``deploy snowflake``: install or upgrade the Snowflake side."""

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict
from snowflake.connector import errors

from contract.ids import Bucket, Installation
from executor.cli.errors import CommandError, Exit
from executor.cli.snowflake_troubles import of_sign_in, of_statement, one_line
from executor.deploy import snowflake as snowflake_side
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
def snowflake() -> None:
    """Create or upgrade tables, views, procedures, tasks and built-in reports in Snowflake."""
    try:
        settings, names, sign_in = load(DeploySettings, ObjectNames, SnowflakeSettings)
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    try:
        snowflake_side.deploy(
            installation=settings.installation,
            bucket=settings.bucket,
            names=names,
            snowflake_settings=sign_in,
            say=typer.echo,
        )
    except SettingsError as error:
        raise CommandError(str(error), Exit.USAGE) from error
    except snowflake_side.DeployError as error:
        raise CommandError(str(error)) from error
    except errors.Error as error:
        raise _said(error, sign_in) from error


def _said(error: errors.Error, sign_in: SnowflakeSettings) -> CommandError:
    if isinstance(error, errors.ProgrammingError):
        refused = f"Snowflake refused a statement: {one_line(error)}; the role must be able to create and to grant"
        return of_statement(error) or CommandError(refused)
    return of_sign_in(error, {"user": sign_in.user, "role": sign_in.role})
