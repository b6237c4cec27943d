"""The settings of a deployed environment, for verbs that otherwise take them from the variables of the shell."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from pydantic import SecretStr

from executor.cli.environments import site_of, told
from executor.cli.errors import CommandError
from executor.deploy.whole import Deployment, Site

_ON_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost"})
_LOCAL_KEYS: Final = {"AWS_ACCESS_KEY_ID": "AKIALOCALCLOUD000000", "AWS_SECRET_ACCESS_KEY": "local"}


def variables_of(name: str, folder: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Variables by which verbs of the queue reach an environment; who signs in to Snowflake is who deploys.

    Args:
        name: of the environment.
        folder: where local environments keep their cloud.
        say: told what is found.

    Raises:
        CommandError: there is no such environment, or it is not deployed.
    """
    with told():
        site = site_of(name, folder, say, starts=False)
        bucket = Deployment(site).stack.outputs().get("Bucket")
    if not bucket:
        raise CommandError(f"{name} is not deployed: there is no stack {site.environment.stack_name}")
    names = site.environment.names()
    return {
        "REPORTING_INSTALLATION": name,
        "REPORTING_BUCKET": bucket,
        "REPORTING_DATABASE": names.database,
        "REPORTING_SCHEMA": names.schema_name,
        "REPORTING_WAREHOUSE": names.warehouse,
        **_of_s3(site.aws("s3")),
        **_of_snowflake(site),
    }


def _of_s3(client: Any) -> dict[str, str]:
    region, endpoint = str(client.meta.region_name), str(client.meta.endpoint_url)
    here = {"AWS_DEFAULT_REGION": region}
    if urlparse(endpoint).hostname in _ON_THIS_MACHINE:
        here |= {"AWS_ENDPOINT_URL_S3": endpoint, **_LOCAL_KEYS}
    return here


def _of_snowflake(site: Site) -> dict[str, str]:
    given = {name: value for name, value in dict(site.sign_in).items() if value not in (None, "")}
    return {
        f"SNOWFLAKE_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in given.items()
    }
