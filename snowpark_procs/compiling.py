"""Queries compiled and not run: what columns they would give, or why Snowflake refuses them.

Snowpark asks for a query's schema by having it described, which compiles it, with names and rights looked up, and
executes nothing. The procedure is owned by the role of the containers, so it is their rights that count.
"""

import json
from typing import Any

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkClientException, SnowparkSQLException

from contract import one_select


def compile_queries(session: Session, queries: str | None) -> list[dict[str, Any]]:
    """``{columns}`` or ``{refused}`` for each ``{sql, values}``, in their order."""
    return [_compiled(session, str(query["sql"]), list(query["values"])) for query in json.loads(queries or "[]")]


def _compiled(session: Session, sql: str, values: list[Any]) -> dict[str, Any]:
    # Snowpark executes some statements that cannot be described; whoever calls, only a SELECT comes as far as that.
    if (fault := one_select.fault(sql)) is not None:
        return {"refused": fault}
    try:
        fields = session.sql(sql, params=values).schema.fields
    except SnowparkSQLException as error:
        return {"refused": "Snowflake refuses it: " + " ".join(str(error.raw_message or error.message).split())}
    except (SnowparkClientException, NotImplementedError) as error:
        return {"refused": "Snowpark cannot tell its columns: " + " ".join(str(error).split())}
    return {"columns": [_bare(field.name) for field in fields]}


def _bare(name: str) -> str:
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
