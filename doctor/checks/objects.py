"""The check of the objects: what a deployment makes in the schema is there."""

from typing import Any

from doctor.checks.frame import Fault, Severity
from doctor.checks.granted import ROLES, grants, objects
from doctor.checks.place import CannotLookError, Place

_SHOWN = {"PROCEDURE": "show_procedures", "TASK": "tasks"}


class Objects:
    """Tables, views, procedures and tasks."""

    id = "objects"
    question = "Every table, view, procedure and task of this version is in the schema"
    severity = Severity.ERROR
    reads = ("the objects; a role is asked only for those that it is granted",)
    theory = (
        "An installation that broke off half-way, a schema restored from a backup, or a program that is newer than"
        " its installation: what is missing is found here by name, and not by the first CALL."
    )

    def look(self, place: Place) -> list[Fault]:
        """Compare what this role sees with what the scripts make."""
        there, mine = _there(place), _roles(place)
        due = _due(place, mine)
        missing = {kind: sorted(names - there[kind]) for kind, names in objects().items()}
        if not there["TABLE"] | there["PROCEDURE"]:
            raise CannotLookError("this role sees nothing in the schema; see the checks installed and grants")
        where = f"{place.names.database}.{place.names.schema_name}"
        return [
            Fault(f"{kind.lower()} {where}.{name} is not there", "reporting deploy snowflake makes what is missing.")
            for kind, names in missing.items()
            for name in names
            if not mine or name in due
        ]


def _there(place: Place) -> dict[str, set[str]]:
    """Names by kind; tables and views are both what SHOW OBJECTS lists."""
    relations = {str(row["name"]) for row in _lower(place.rows("show_objects"))}
    found = {"TABLE": relations, "VIEW": relations}
    own = (place.names.database.upper(), place.names.schema_name.upper())
    for kind, statement in _SHOWN.items():
        rows = _lower(place.rows(statement))
        if kind == "PROCEDURE":
            rows = [row for row in rows if (str(row["catalog_name"]), str(row["schema_name"])) == own]
        found[kind] = {str(row["name"]).upper() for row in rows}
    return found


def _roles(place: Place) -> list[str]:
    """Those of the product's roles whose rights this session has; none for an administrator who was given none."""
    return [role for role in ROLES if any(bool(next(iter(row.values()))) for row in place.rows("has_role", role=role))]


def _due(place: Place, mine: list[str]) -> set[str]:
    """Names that this session would see by what is granted to its roles."""
    return {one.name.rsplit(".", 1)[-1] for one in grants(place.names) if one.role in mine}


def _lower(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{str(key).lower(): value for key, value in row.items()} for row in rows]
