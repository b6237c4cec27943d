"""From Snowflake's SQL to the engine's, remembered, because clients repeat their statements with other binds."""

import re
import sys
from dataclasses import dataclass, field
from typing import Any, Final

from fakesnow.cursor import FakeSnowflakeCursor
from sqlglot import ErrorLevel, Expr, exp
from sqlglot.errors import UnsupportedError

from local_cloud.snowflake import system_calls
from local_cloud.snowflake.access_checks import place_of
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.function_rewrites import Context
from local_cloud.snowflake.merge import name_source, operations
from local_cloud.snowflake.rewrites import rewrite
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.view_columns import keep_columns

Params = list[Any] | dict[str, Any] | None
# Properties of tables and schemas that mean storage, cost or retention, and change no answer.
_HARMLESS: Final = re.compile(r"property|CommentColumnConstraint|SEQ in restricted context", re.IGNORECASE)
# What a translation takes from one moment, from a bind or from a file, and must not be used twice.
_OF_THE_MOMENT: Final = re.compile(
    r"SYSTEM\$|GET_DDL|QUERY_HISTORY|INFER_SCHEMA|LAST_QUERY_ID|CURRENT_TRANSACTION|IDENTIFIER\s*\(|INFORMATION_SCHEMA|RESULT_SCAN|LOCAL_CLOUD_|TASK_HISTORY|RANDOM|SAMPLE|@",
    re.IGNORECASE,
)
_LONGEST: Final = 20_000


@dataclass
class Answered:
    """How many rows a statement answered when it was last run; as many as there can be before that."""

    rows: int = sys.maxsize


@dataclass(frozen=True)
class Part:
    """One statement for the engine; fakesnow reads its arguments from the tree."""

    tree: Expr
    sql: str
    has_binds: bool
    plain: bool  # the text is all of it; fakesnow left no arguments of its own in the tree
    answered: Answered = field(default_factory=Answered, compare=False)


@dataclass(frozen=True)
class Translation:
    """The parts of a statement in their order; of a MERGE also what it may do."""

    parts: tuple[Part, ...]
    merge_operations: frozenset[str] = frozenset()


def remembered(session: Session, text: str) -> Translation | None:
    """The translation of a text that was translated before; it needs no tree."""
    if session.temporary:  # whose names mean another table in this session than in others
        return None
    known: Translation | None = session.server.translations.get(_key(session, text))
    return known


def _key(session: Session, text: str) -> str:
    return f"{session.database}\0{session.schema}\0{text}"


def translated(session: Session, statement: Expr, params: Params, text: str) -> Translation:
    """The translation of a parsed statement, whose tree it may change; `params` loses what became part of the text.

    Raises:
        ProgrammingError: 000002 for what the engine cannot do; 090105 or 090106 without a database or schema.
    """
    bound = len(params or ())
    found = _translate(session, statement, params)
    lasts = isinstance(statement, (exp.Query, exp.Insert, exp.Update, exp.Delete, exp.Merge)) and len(found.parts) == 1
    in_own_schema = not str(session.schema).upper().startswith("_FS")  # INFORMATION_SCHEMA differs by role
    if (
        lasts
        and in_own_schema
        and text
        and not session.temporary
        and len(text) <= _LONGEST
        and bound == len(params or ())
        and not _OF_THE_MOMENT.search(text)
    ):
        session.server.translations[_key(session, text)] = found
    return found


def _translate(session: Session, statement: Expr, params: Params) -> Translation:
    cursor = FakeSnowflakeCursor(session, session.engine)
    statement = rewrite(statement, _context(session, params))
    cursor.check_db_and_schema(statement)
    if isinstance(statement, exp.Merge):
        may = operations(name_source(statement))
        tree = cursor._transform(statement, params)  # noqa: SLF001  fakesnow's own pipeline, pinned by the seam test
        return Translation((_part(tree, f"{_written(tree)} RETURNING merge_action"),), may)
    pieces = cursor._transform_explode(statement)  # noqa: SLF001  see above
    trees = [cursor._transform(piece, params) for piece in pieces]  # noqa: SLF001  see above
    for tree in trees:
        keep_columns(session, tree)
    return Translation(tuple(_part(tree, _written(tree)) for tree in trees))


def _part(tree: Expr, sql: str) -> Part:
    plain = {name for name, value in tree.args.items() if value} <= type(tree).arg_types.keys()
    return Part(tree, sql, tree.find(exp.Placeholder) is not None, plain)


def _written(tree: Expr) -> str:
    """The engine's text of a statement; the translator alone would only warn of what it leaves out."""
    try:
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.RAISE, max_unsupported=1000)
    except UnsupportedError as error:
        lost = [line for line in str(error).splitlines() if line and not _HARMLESS.search(line)]
        if lost:
            raise not_supported("; ".join(lost)) from None
        return tree.sql(dialect="duckdb", unsupported_level=ErrorLevel.IGNORE)


def _is_target(table: exp.Table) -> bool:
    """Whether this is the table that a CREATE TEMPORARY makes."""
    create = table.find_ancestor(exp.Create)
    target = create.this.this if create and isinstance(create.this, exp.Schema) else create.this if create else None
    return target is table and create is not None and create.find(exp.TemporaryProperty) is not None


def _context(session: Session, params: Params) -> Context:
    def system(name: str, arguments: list[Any]) -> Any:
        return system_calls.value(session, name, arguments)

    def is_temporary(table: exp.Table) -> bool:
        return _is_target(table) or place_of(session, table) in session.temporary

    transaction_id = session.transaction.id if session.transaction else None
    bound = params if isinstance(params, list) else []
    return Context(session.database, session.last_query_id, transaction_id, system, bound, is_temporary)
