"""How to sign in, in explicit values: schemachange runs in a process of its own and reads no ``connections.toml``."""

import os
from collections.abc import Mapping
from typing import Any, cast

from snowflake.connector.config_manager import CONFIG_MANAGER

from executor.settings import SettingsError


def explicit(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Connect arguments without a connection's name: what ``connections.toml`` says of it, and what was given over it.

    Raises:
        SettingsError: there is no connection of that name.
    """
    given = dict(arguments)
    name = given.pop("connection_name", None)
    if name is None:
        return given
    known = cast(Mapping[str, Mapping[str, Any]], CONFIG_MANAGER["connections"])
    if name not in known:
        there = ", ".join(sorted(known)) or "none"
        raise SettingsError(
            f"SNOWFLAKE_DEFAULT_CONNECTION_NAME is {name}, but connections.toml has no such connection; there: {there}"
        )
    return {**known[name], **given}


def environment(arguments: Mapping[str, Any]) -> dict[str, str]:
    """This process's environment, with these arguments as its only ``SNOWFLAKE_*`` that say who signs in."""
    signed = {
        f"SNOWFLAKE_{key.upper()}": str(value) for key, value in arguments.items() if isinstance(value, str | int)
    }
    # As in the executor's own settings: no asking of cloud metadata services who we are.
    signed["SNOWFLAKE_DISABLE_PLATFORM_DETECTION"] = "true"
    return {key: value for key, value in os.environ.items() if not key.startswith("SNOWFLAKE_")} | signed
