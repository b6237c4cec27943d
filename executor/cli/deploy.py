"""``deploy snowflake``: install or upgrade the Snowflake side."""

import typer
from pydantic_settings import BaseSettings, SettingsConfigDict
from snowflake.connector import errors

from contract.ids import Bucket, Installation
from executor.cli.errors import CommandError, Exit
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
        raise CommandError(f"Snowflake refused: {error.msg}", Exit.UNREACHABLE) from error
