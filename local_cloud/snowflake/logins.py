"""Login requests as data."""

from collections.abc import Mapping
from typing import Any, Final

from fakesnow.expr import normalise_ident

from local_cloud.snowflake.catalog import Catalog
from local_cloud.snowflake.session import Login
from local_cloud.snowflake.sql_text import Reader

_ADMINISTRATOR: Final = "ACCOUNTADMIN"


def read_login(query: Mapping[str, str], data: dict[str, Any], catalog: Catalog) -> tuple[Login, dict[str, Any]]:
    """Who logs in where, and the session parameters asked for.

    What the client leaves out is what the user was created with. One who was never created is ACCOUNTADMIN.
    """

    def named(key: str) -> str | None:
        value = query.get(key)
        return normalise_ident(value) if value else None

    user = str(data.get("LOGIN_NAME") or "").upper() or "LOCAL"
    kept = catalog.get("USER", ("", ""), user)
    options = kept["options"] if kept else {"DEFAULT_ROLE": _ADMINISTRATOR}
    place = Reader(options["DEFAULT_NAMESPACE"]).name() if "DEFAULT_NAMESPACE" in options else ()

    def default(option: str) -> str | None:
        return normalise_ident(options[option]) if option in options else None

    login = Login(
        user,
        named("roleName") or default("DEFAULT_ROLE") or "PUBLIC",
        named("warehouse") or default("DEFAULT_WAREHOUSE"),
        named("databaseName") or (place[0] if place else None),
        named("schemaName") or (place[1] if len(place) > 1 else None),
    )
    return login, dict(data.get("SESSION_PARAMETERS") or {})
