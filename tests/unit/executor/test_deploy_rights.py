"""What a role that deploys is held to, where only a real account has such grants."""

from typing import Any, Self

import pytest

from executor.deploy import rights
from executor.settings import ObjectNames

NAMES = ObjectNames(database="ANALYTICS_PLATFORM", warehouse="REPORTS_WH", REPORTING_SCHEMA="REPORTING")
NEW = ("schema ANALYTICS_PLATFORM.REPORTING",)


class Connection:
    """Answers every question of what was granted with the same rows."""

    def __init__(self, *grants: tuple[str, str, str]) -> None:
        self.rows = [dict(zip(("privilege", "granted_on", "name"), grant, strict=True)) for grant in grants]

    def cursor(self, _kind: type[Any]) -> Self:
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None: ...

    def execute(self, _statement: str) -> None: ...

    def fetchall(self) -> list[dict[str, str]]:
        return self.rows


def need(*grants: tuple[str, str, str]) -> None:
    rights.need(Connection(*grants), NAMES, "DEPLOYER", NEW)  # type: ignore[arg-type]  # as much of one as is asked


def test_a_database_role_of_the_place_may_bring_what_is_not_asked_of_it() -> None:
    need(("USAGE", "DATABASE_ROLE", "ANALYTICS_PLATFORM.BUILDERS"))


def test_a_database_role_of_elsewhere_brings_nothing() -> None:
    with pytest.raises(rights.MissingRightsError, match="it lacks CREATE SCHEMA ON DATABASE ANALYTICS_PLATFORM"):
        need(("USAGE", "DATABASE_ROLE", "SNOWFLAKE.USAGE_VIEWER"))
