"""The settings of a deployed environment, for verbs that otherwise take them from the variables of the shell."""

import re
from collections.abc import Callable, MutableMapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from pydantic import SecretStr

from executor.cli import local_settings
from executor.cli.environments import site_of, told
from executor.cli.errors import CommandError, Exit
from executor.deploy import signing_in
from executor.deploy.whole import Deployment, Site

_ON_THIS_MACHINE: Final = frozenset({"127.0.0.1", "localhost"})
_LOCAL_KEYS: Final = {
    "AWS_ACCESS_KEY_ID": local_settings.ACCESS_KEY_ID,
    "AWS_SECRET_ACCESS_KEY": local_settings.SECRET_ACCESS_KEY,
}


_NAME: Final = re.compile(r"^[A-Za-z0-9]+-[A-Za-z0-9_-]+$")
"""An account by organisation and name."""
_KEPT: Final = frozenset({"SNOWFLAKE_HOME"})
"""Where ``connections.toml`` lies, which a connection's name is looked up in."""
_PLACES: Final = frozenset({
    "REPORTING_INSTALLATION", "REPORTING_BUCKET", "REPORTING_DATABASE", "REPORTING_SCHEMA", "REPORTING_WAREHOUSE",
    "REPORTING_STORAGE_INTEGRATION", "REPORTING_DOORBELL_INTEGRATION", "REPORTING_OPERATORS_INTEGRATION",
})  # fmt: skip
_OF_AWS: Final = frozenset({"AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"})
"""What the shell says of a real AWS, when an environment is on the local one."""


def variables_of(name: str, folder: Path, say: Callable[[str], None]) -> dict[str, str]:
    """Variables by which verbs of the queue reach an environment; who signs in to Snowflake is who deploys.

    Args:
        name: of the environment.
        folder: where local environments keep their cloud.
        say: told what is found.

    Raises:
        CommandError: there is no such environment, it is not deployed, or somebody signs in to another account than
            its file says (2).
    """
    with told():
        site = site_of(name, folder, say, starts=False)
        _check_account(site)
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


def stand_in(variables: dict[str, str], environ: MutableMapping[str, str]) -> None:
    """Let an environment's variables stand instead of what the shell says of some other.

    Args:
        variables: those of :func:`variables_of`, which hold all of the shell's own sign-in that counts.
        environ: the variables of this process.
    """
    here = _OF_AWS if "AWS_ACCESS_KEY_ID" in variables else frozenset[str]()
    for name in list(environ):
        if (name.upper().startswith("SNOWFLAKE_") and name.upper() not in _KEPT) or name.upper() in _PLACES | here:
            del environ[name]
    environ.update(variables)


def _check_account(site: Site) -> None:
    environment = site.environment
    given = str(signing_in.explicit(site.sign_in.connect_arguments(environment.names())).get("account") or "")
    wanted = environment.snowflake.account
    # A locator and a name can mean the same account; two names are two accounts.
    named = _NAME.match(given) and _NAME.match(wanted)
    if named and given.upper().replace("_", "-") != wanted.upper().replace("_", "-"):
        says = f"{environment.name} is in Snowflake's account {wanted}, as its file says, and you sign in to {given}"
        raise CommandError(f"{says}; set SNOWFLAKE_ACCOUNT, or the connection, to it", Exit.USAGE)


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
