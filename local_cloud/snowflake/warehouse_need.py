"""Whether a statement needs a warehouse, or only what Snowflake calls cloud services.

Sources: docs user-guide/cost-optimize-cloud-services, user-guide/warehouses; COUNT, MIN and MAX without a predicate
from metadata: query profiles of users. The result cache, which answers an exact repeat for nothing, is not counted.
"""

from collections.abc import Callable
from typing import Final

from sqlglot import Expr, exp

_METADATA_AGGREGATES: Final = (exp.Count, exp.Min, exp.Max)
_DML: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy)
_OURS: Final = frozenset(("LOCAL_CLOUD_WAREHOUSES", "LOCAL_CLOUD_STATEMENTS"))


def command_needs_warehouse(first_words: str) -> bool:
    """Of a statement that our own commands run: COPY does, and CALL, but not of a SYSTEM$ function."""
    return first_words.startswith(("CALL ", "COPY ")) and not first_words.startswith("CALL SYSTEM$")


def needs_warehouse(statement: Expr, is_view: Callable[[exp.Table], bool] = lambda _table: False) -> bool:
    """Of any other statement: DML, CREATE … AS SELECT, and queries that read more than metadata.

    `is_view` tells views, which have no metadata of their own, from tables.
    """
    if isinstance(statement, _DML):
        return True
    if isinstance(statement, exp.Create):
        return str(statement.args.get("kind")).upper() == "TABLE" and isinstance(statement.expression, exp.Query)
    if not isinstance(statement, exp.Query):
        return False
    named = {found.alias.upper() for found in statement.find_all(exp.CTE)}
    nodes = statement.find_all(exp.Table, exp.TableFromRows, exp.Values)
    sources = [node for node in nodes if not _is_free(node) and str(node.name).upper() not in named]
    if not sources:
        return False
    (source, *others) = sources
    if others or not isinstance(source, exp.Table) or not _is_from_metadata(statement):
        return True
    return is_view(source)


def _is_free(source: Expr) -> bool:
    if isinstance(source, exp.Values):
        return False
    if isinstance(source, exp.TableFromRows):
        function = source.this
        while isinstance(function, exp.Dot):
            if str(function.this.name).upper() == "INFORMATION_SCHEMA" or "INFORMATION_SCHEMA" in str(function.this):
                return True
            function = function.expression
        return isinstance(function, exp.Anonymous) and str(function.this).upper() in _OURS
    return str(source.args.get("db") or "").upper().strip('"') == "INFORMATION_SCHEMA"


def _is_from_metadata(query: Expr) -> bool:
    source = query.args.get("from_")
    if not isinstance(query, exp.Select) or source is None or not isinstance(source.this, exp.Table):
        return False
    said = {name for name, value in query.args.items() if value and name not in {"expressions", "from_", "kind"}}
    return not said and all(_is_metadata_aggregate(found.unalias()) for found in query.expressions)


def _is_metadata_aggregate(found: Expr) -> bool:
    if not isinstance(found, _METADATA_AGGREGATES):
        return False
    if isinstance(found, exp.Count):
        return isinstance(found.this, exp.Star)
    return isinstance(found.this, exp.Column)
