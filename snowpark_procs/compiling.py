"""Queries compiled and not run: what columns they would give, or why Snowflake refuses them.

Snowpark asks for a query's schema by having it described, which compiles it, with names and rights looked up, and
executes nothing. The procedure is owned by the role of the containers, so it is their rights that count.
"""

import json
from typing import Any, Final

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkClientException, SnowparkSQLException

from contract import one_select
from contract.refusal import refuse, shown
from snowpark_procs.statements import run

OWNER: Final = "REPORT_RUNNER"
"""Inside a procedure with owner's rights, CURRENT_ROLE answers with its owner."""


def compile_queries(session: Session, queries: str | None) -> list[dict[str, Any]]:
    """``{columns, types}`` or ``{refused}`` for each ``{sql, values}``, in their order.

    Raises:
        RefusedError: it is not the JSON of such a list, or the procedure is not the containers' own.
    """
    orders = _orders(queries)
    # A deployment that died between making the procedure and handing it over left one with the deployer's rights.
    owner = run(session, "current_role")[0]["current_role"]
    if owner != OWNER:
        raise refuse(
            "compile_queries",
            f"has the rights of {owner} instead of {OWNER}, so its last deployment did not end; deploy again",
        )
    return [_compiled(session, sql, values) for sql, values in orders]


def _orders(queries: str | None) -> list[tuple[str, list[Any]]]:
    try:
        given = json.loads(queries or "[]")
    except ValueError:
        given = None
    match given:
        case list(items) if all(map(_is_order, items)):
            return [(item["sql"], item["values"]) for item in items]
        case _:
            raise refuse("queries", f"{shown(queries)} is not JSON of a list of {{'sql': '…', 'values': […]}}")


def _is_order(item: object) -> bool:
    return isinstance(item, dict) and isinstance(item.get("sql"), str) and isinstance(item.get("values"), list)


def _compiled(session: Session, sql: str, values: list[Any]) -> dict[str, Any]:
    # Snowpark executes some statements that cannot be described; whoever calls, only a SELECT comes as far as that.
    if (fault := one_select.fault(sql)) is not None:
        return {"refused": fault}
    try:
        fields = session.sql(one_select.alone(sql), params=values).schema.fields
    except SnowparkSQLException as error:
        return {"refused": "Snowflake refuses it: " + " ".join(str(error.raw_message or error.message).split())}
    except (SnowparkClientException, NotImplementedError) as error:
        return {"refused": "Snowpark cannot tell its columns: " + " ".join(str(error).split())}
    # The name of a type's class (docs, snowpark data types), which the contract reads.
    types = [type(field.datatype).__name__ for field in fields]
    return {"columns": [_bare(field.name) for field in fields], "types": types}


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
