"""What Snowflake answers where everything is right, and the faults that can be seeded into it."""

from typing import Any

from doctor.checks.granted import ROLES, grants, objects
from doctor.checks.place import RefusedError
from executor.deploy import earlier, procedures_zip
from executor.settings import ObjectNames

NAMES = ObjectNames()
OWN = {"catalog_name": NAMES.database, "schema_name": NAMES.schema_name}
HANDLER = "snowpark_procs.handlers.generate_report"
ASKED = {"show_grants_to_role": "role", "describe_procedure": "procedure"}
"""What chooses the rows of a statement."""
HIDDEN = RefusedError("refused", "role does not exist or not authorized")


def snowflake() -> dict[str, Any]:
    """The answers, by the names of the statements."""
    zip_name, _ = procedures_zip.build()
    made = objects()
    runs_on = {
        "handler": HANDLER, "imports": f"[@procedure_code/{zip_name}]",
        "packages": "['snowflake-snowpark-python','pydantic']",
    }  # fmt: skip
    procedures = [{"name": name, "arguments": f"{name}(VARCHAR) RETURN VARIANT", **OWN} for name in
                  sorted(made["PROCEDURE"])]  # fmt: skip
    user = {"NAME": "SVC", "TYPE": "SERVICE", "RSA_PUBLIC_KEY_LAST_SET_TIME": "2026-01-15 08:00:00.000 -0800"}
    return {
        **{statement: [] for statement in earlier.STATEMENTS},
        "show_user_functions": [{"name": "MY_OWN"}],
        "show_objects": [{"name": name} for name in sorted(made["TABLE"] | made["VIEW"])],
        "show_procedures": procedures,
        "has_role": [{"has_it": True}],
        "show_grants_to_role": {role: granted(role) for role in ROLES},
        "describe_procedure": {
            f"{NAMES.database}.{NAMES.schema_name}.{one['name']}(VARCHAR)": properties(runs_on) for one in procedures
        },
        "fetch_staged": HIDDEN,
        "staged_code": [{"name": f"procedure_code/{zip_name}"}],
        "current_user": [{"current_user": "SVC"}],
        "describe_user": properties(user),
        "now": [{"now": "2026-03-02 09:00:00.000000"}],
    }  # fmt: skip


def granted(role: str) -> list[dict[str, Any]]:
    """As a real Snowflake words it: views are views, and a procedure's name carries its arguments and its answer."""
    rows = []
    for one in grants(NAMES):
        if one.role == role:
            name = one.name
            if one.kind == "PROCEDURE":
                head, _, last = name.rpartition(".")
                name = f'{head}."{last}(REPORT_TYPE VARCHAR, PARAMS OBJECT):VARIANT"'
            rows.append({"privilege": one.privilege, "granted_on": one.kind, "name": name})
    return rows


def properties(told: dict[str, str]) -> list[dict[str, Any]]:
    return [{"property": name, "value": value} for name, value in told.items()]


def chosen(statement: str, answer: Any, asked: dict[str, Any]) -> Any:
    """The rows of a statement that is about one role or procedure."""
    rows = answer[asked[ASKED[statement]]] if statement in ASKED and isinstance(answer, dict) else answer
    if isinstance(rows, Exception):
        raise rows
    return rows


def without(role: str, name: str) -> list[dict[str, Any]]:
    return [row for row in granted(role) if name not in row["name"]]


FIRST = f"describe_procedure/{NAMES.database}.{NAMES.schema_name}.GENERATE_REPORT(VARCHAR)"
PLACE = f"{NAMES.database}.{NAMES.schema_name}"
SEEDED: list[tuple[str, str, Any, str]] = [
    ("objects", "show_objects", [{"name": name} for name in sorted(objects()["TABLE"])], f"view {PLACE}.JOBS is not"),
    ("objects", "show_procedures", [], f"procedure {PLACE}.GENERATE_REPORT is not there"),
    ("objects", "tasks", [], f"task {PLACE}.DAILY_REPORTS_TASK is not there"),
    (
        "grants",
        "show_grants_to_role/REPORT_REQUESTER",
        without("REPORT_REQUESTER", "GENERATE_DAILY_REPORTS"),
        f"REPORT_REQUESTER lacks USAGE on procedure {PLACE}.GENERATE_DAILY_REPORTS",
    ),
    (
        "grants",
        "show_grants_to_role/REPORT_EXECUTOR",
        without("REPORT_EXECUTOR", "REPORTS_WH"),
        "REPORT_EXECUTOR lacks USAGE on warehouse REPORTS_WH",
    ),
    (
        "grants",
        "show_grants_to_role/REPORT_ADMIN",
        without("REPORT_ADMIN", "REPORT_AUTHOR"),
        "REPORT_ADMIN lacks USAGE on role REPORT_AUTHOR",
    ),
    ("grants", "show_grants_to_role/REPORT_PROBE", [], "role REPORT_PROBE is not there, or nothing at all"),
    ("procedures", f"{FIRST}/2/value", "['snowflake-snowpark-python']", "GENERATE_REPORT(VARCHAR) imports pydantic"),
    ("procedures", f"{FIRST}/1/value", "[@procedure_code/reporting_procs-0.zip]", "run the code reporting_procs-0.zip"),
    ("procedures", "staged_code", [], "which is not on the stage any more"),
    ("user", "describe_user/1/value", "LEGACY_SERVICE", "user SVC is a LEGACY_SERVICE"),
    ("user", "describe_user/1/value", "null", "user SVC is a person, and signs in as programs do"),
    ("user", "describe_user/2/value", "2024-12-01 08:00:00.000 -0800", "was set 456 days ago, on 2024-12-01"),
    (
        "earlier_design",
        "show_api_integrations",
        [{"name": "REPORTS_ECS_API"}],
        "api integration REPORTS_ECS_API is left",
    ),
    (
        "earlier_design",
        "show_network_rules",
        [{"name": "ECS_EGRESS", "database_name": "D", "schema_name": "S"}],
        "network rule D.S.ECS_EGRESS is left",
    ),
]
