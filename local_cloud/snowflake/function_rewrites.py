"""Functions whose meaning depends on the session, and functions that become macros of our own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.function_names import function_name
from local_cloud.snowflake.functions import PREFIX
from local_cloud.snowflake.session_context import contains, sys_context, variable
from local_cloud.snowflake.window_rewrites import rewrite_window


@dataclass(frozen=True)
class Context:
    """What a rewrite may know about the session and the statement."""

    database: str | None
    last_query_id: str | None = None
    transaction_id: int | None = None
    system: Callable[[str, list[Any]], Any] = lambda name, _arguments: _unknown(name)
    params: list[Any] = field(default_factory=list)
    is_temporary: Callable[[exp.Table], bool] = lambda _table: False


Rewrite = Callable[[Expr, Context], Expr]


def rewrite_function(node: Expr, context: Context) -> Expr:
    """The node itself, or what stands for it."""
    if isinstance(node, exp.Array):  # the engine's lists hold one type; JSON holds any
        return exp.Anonymous(this="JSON_ARRAY", expressions=node.expressions)
    if isinstance(node, exp.Window):
        return rewrite_window(node)
    name = function_name(node)
    if name.startswith("SYSTEM$") or name in {"GET_DDL", "GET_PRESIGNED_URL"}:
        return _system(node, name, context)
    if name in _SESSION:
        return _SESSION[name](node, context)
    if name in _MACROS:
        return _macro(_MACROS[name][0], *_arguments(node, _MACROS[name][1]))
    if name in _SPECIAL:
        return _SPECIAL[name](node, context)
    return node


def _unknown(name: str) -> Any:
    raise not_supported(f"{name} in this place")


def _arguments(node: Expr, keys: tuple[str, ...]) -> list[Expr]:
    if isinstance(node, exp.Anonymous):
        return list(node.expressions)
    found: list[Expr] = []
    for key in keys:
        value = node.args.get(key)
        found += value if isinstance(value, list) else [] if value is None else [value]
    return found


def _macro(name: str, *arguments: Expr) -> Expr:
    return exp.Anonymous(this=f"{PREFIX}_sf_{name}", expressions=list(arguments))


def _text(value: object) -> Expr:
    return exp.null() if value is None else exp.Literal.string(str(value))


# Looked up when a statement runs and not written into it, because views keep their text.
_SESSION: Final[Mapping[str, Rewrite]] = {
    "CURRENT_USER": lambda _n, _c: variable("user"),
    "CURRENT_ROLE": lambda _n, _c: variable("role"),
    "CURRENT_WAREHOUSE": lambda _n, _c: variable("warehouse"),
    "CURRENT_DATABASE": lambda _n, _c: variable("database"),
    "CURRENT_SCHEMA": lambda _n, _c: variable("schema"),
    "CURRENT_SESSION": lambda _n, _c: variable("session"),
    "IS_ROLE_IN_SESSION": lambda n, _c: contains("roles", n.expressions[0]),
    "SYS_CONTEXT": lambda n, _c: sys_context(n.expressions),
    "CURRENT_AVAILABLE_ROLES": lambda _n, _c: _macro("names_as_text", variable("roles")),
    "CURRENT_ACCOUNT": lambda _n, _c: _text("LOCAL"),
    "CURRENT_ACCOUNT_NAME": lambda _n, _c: _text("LOCAL"),
    "CURRENT_ORGANIZATION_NAME": lambda _n, _c: _text("LOCALCLOUD"),
    "CURRENT_REGION": lambda _n, _c: _text("LOCAL_CLOUD"),
    "CURRENT_IP_ADDRESS": lambda _n, _c: _text("127.0.0.1"),
    "CURRENT_TRANSACTION": lambda _n, c: _text(c.transaction_id),
    "LAST_QUERY_ID": lambda _n, c: _text(c.last_query_id),
}

# Function -> (macro, its arguments in order).
_MACROS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "JSON_KEYS": ("object_keys", ("this",)),
    "ARRAY_APPEND": ("array_append", ("this", "expression")),
    "ARRAY_PREPEND": ("array_prepend", ("this", "expression")),
    "ARRAY_CONCAT": ("array_concat", ("this", "expressions")),
    "ARRAY_COMPACT": ("array_compact", ("this",)),
    "ARRAY_DISTINCT": ("array_distinct", ("this",)),
    "SORT_ARRAY": ("array_sort", ("this",)),
    "ARRAY_SLICE": ("array_slice", ("this", "start", "end")),
    "ARRAY_SIZE": ("array_size", ("this",)),
    "ARRAY_CONTAINS": ("array_contains", ("this", "expression")),
    "STRIP_NULL_VALUE": ("strip_null", ("this",)),
    "ARRAY_POSITION": ("array_position", ("this", "expression")),
    "ARRAY_TO_STRING": ("array_to_string", ("this", "expression")),
    "ARRAY_INTERSECT": ("array_intersect", ("expressions",)),
    "TYPEOF": ("typeof", ("this",)),
    "TO_OBJECT": ("to_object", ("this",)),
    "TO_ARRAY": ("to_array", ("this",)),
    "ADD_MONTHS": ("add_months", ("expression", "this")),
    "WIDTH_BUCKET": ("width_bucket", ("this", "min_value", "max_value", "num_buckets")),
}


def _object_insert(node: Expr, _context: Context) -> Expr:
    flag = node.args.get("update_flag") or exp.false()
    return _macro("object_insert", node.this, node.args["key"], node.args["value"], flag)


def _with_names(macro: str) -> Rewrite:
    return lambda node, _context: _macro(macro, node.expressions[0], exp.Array(expressions=node.expressions[1:]))


def _is_hash(node: Expr) -> bool:
    return function_name(node) in {"HASH", f"{PREFIX}_sf_signed".upper()}


def _hash(node: Expr, _context: Context) -> Expr:
    above = node.parent
    compared = isinstance(above, (exp.EQ, exp.NEQ)) and all(map(_is_hash, above.iter_expressions()))
    if not (compared or isinstance(above, (exp.Group, exp.Distinct)) or node.arg_key == "partition_by"):
        raise not_supported(
            "HASH where its value can be seen, which is another here; hashes can be compared and grouped"
        )
    return _macro("signed", exp.Anonymous(this="system.main.hash", expressions=node.expressions))


_CALENDAR_UNITS: Final = {"YEAR", "QUARTER", "MONTH", "WEEK", "DAY"}


def _date_add(node: Expr, _context: Context) -> Expr:
    unit = str(node.args["unit"].name).upper() if node.args.get("unit") else ""
    if unit not in _CALENDAR_UNITS:
        return node
    return _macro(f"dateadd_{unit.lower()}", node.args["expression"], node.this)


def _date_trunc(node: Expr, _context: Context) -> Expr:
    unit = str(node.args["unit"].name).upper()
    return _macro("date_trunc", exp.Literal.string(unit.lower()), node.this) if unit in _CALENDAR_UNITS else node


# Snowflake's date format elements -> strftime's, longest first.
_FORMAT: Final = {
    "YYYY": "%Y",
    "HH24": "%H",
    "HH12": "%I",
    "MMMM": "%B",
    "MON": "%b",
    "FF3": "%g",
    "FF6": "%f",
    "FF9": "%n",
    "FF": "%n",
    "YY": "%y",
    "MM": "%m",
    "DD": "%d",
    "DY": "%a",
    "MI": "%M",
    "SS": "%S",
    "AM": "%p",
    "PM": "%p",
}


def _to_char(node: Expr, _context: Context) -> Expr:
    pattern = node.args.get("format")
    if pattern is None:
        return node
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise not_supported("TO_CHAR with a format that is no literal")
    elements = re.compile("|".join(_FORMAT), re.IGNORECASE)
    wanted = elements.sub(lambda found: _FORMAT[found[0].upper()], pattern.name)
    if wanted == pattern.name:
        raise not_supported(f"TO_CHAR with the format '{pattern.name}'; dates and times can be formatted")
    return exp.Anonymous(this="STRFTIME", expressions=[node.this, exp.Literal.string(wanted)])


def _as(engine_type: str, *json_types: str) -> Rewrite:
    def rewritten(node: Expr, _context: Context) -> Expr:
        kinds = exp.Array(expressions=[exp.Literal.string(kind) for kind in json_types])
        return exp.cast(_macro("as_type", node.expressions[0], kinds), engine_type, dialect="duckdb")

    return rewritten


def _sum(node: Expr, _context: Context) -> Expr:
    # fakesnow would add up as DOUBLE; a NUMBER stays exact
    exact = exp.Anonymous(this="SUM", expressions=[node.this])
    if isinstance(node.parent, exp.Select) and node.arg_key == "expressions":
        return exp.alias_(exact, f"SUM({node.this.sql('snowflake').upper()})", quoted=True)
    return exact


_SPECIAL: Final[Mapping[str, Rewrite]] = {
    "SUM": _sum,
    # The engine's way is a sum, which is NULL where there are no rows; Snowflake counts 0.
    "COUNT_IF": lambda node, _context: exp.Count(this=exp.If(this=node.this, true=exp.Literal.number(1))),
    "OBJECT_INSERT": _object_insert,
    "OBJECT_DELETE": _with_names("object_delete"),
    "OBJECT_PICK": _with_names("object_pick"),
    "HASH": _hash,
    "DATE_ADD": _date_add,
    "TIMESTAMP_TRUNC": _date_trunc,
    "DATE_TRUNC": _date_trunc,
    "TO_CHAR": _to_char,
    "AS_INTEGER": _as("BIGINT", "BIGINT", "UBIGINT"),
    "AS_DOUBLE": _as("DOUBLE", "DOUBLE", "BIGINT", "UBIGINT"),
    "AS_NUMBER": _as("DECIMAL(38, 10)", "DOUBLE", "BIGINT", "UBIGINT"),
    "AS_VARCHAR": _as("VARCHAR", "VARCHAR"),
    "AS_BOOLEAN": _as("BOOLEAN", "BOOLEAN"),
}


def _system(node: Expr, name: str, context: Context) -> Expr:
    holders = list(node.root().find_all(exp.Placeholder, bfs=False))
    given = [argument for argument in node.expressions if isinstance(argument, exp.Placeholder)]
    bound = [next(i for i, holder in enumerate(holders) if holder is argument) for argument in given]
    values = iter([context.params[position] for position in bound])
    for position in sorted(bound, reverse=True):
        context.params.pop(position)
    arguments: list[Any] = []
    for argument in node.expressions:
        if isinstance(argument, exp.Placeholder):
            arguments.append(next(values))
        elif isinstance(argument, exp.Column):
            raise not_supported(f"{name} of a column; write the value")
        else:
            is_stage = argument.find(exp.Parameter) is not None
            text = argument.sql("snowflake").lstrip("$@") if is_stage else argument.name
            arguments.append(text or argument.sql())
    value = context.system(name, arguments)
    return exp.Literal.number(value) if isinstance(value, int) else _text(value)
