"""How to sign in, in explicit values: schemachange's own connection takes no connection's name."""

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
    # The file's reader answers with types of its own, which cannot be bound to a statement.
    plain = {key: value.unwrap() if hasattr(value, "unwrap") else value for key, value in known[name].items()}
    return {**plain, **given}
