"""Login requests as data."""

from collections.abc import Mapping
from typing import Any

from fakesnow.expr import normalise_ident

from local_cloud.snowflake.session import Login

_DEFAULT_ROLE = "ACCOUNTADMIN"


def read_login(query: Mapping[str, str], data: dict[str, Any]) -> tuple[Login, dict[str, Any]]:
    """Who logs in where, and the session parameters asked for; credentials are not looked at."""

    def named(key: str) -> str | None:
        value = query.get(key)
        return normalise_ident(value) if value else None

    user = str(data.get("LOGIN_NAME") or "").upper() or "LOCAL"
    login = Login(
        user, named("roleName") or _DEFAULT_ROLE, named("warehouse"), named("databaseName"), named("schemaName")
    )
    return login, dict(data.get("SESSION_PARAMETERS") or {})
