"""What may go to the engine: a statement, function or source that it would answer in its own way is refused by name.

The engine knows much that Snowflake does not (files as tables, catalogs, functions, statements of its own). What gets
past this door is Snowflake's language; what Snowflake has and this server has not is told apart from what neither has.
"""

import re
from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake.errors import COMPILATION, failure, missing, not_supported, syntax
from local_cloud.snowflake.sql_text import head

_STATEMENTS: Final = (
    exp.Query,
    exp.DML,
    exp.Merge,
    exp.Create,
    exp.Drop,
    exp.Alter,
    exp.TruncateTable,
    exp.Copy,
    exp.Put,
    exp.Describe,
    exp.Show,
    exp.Transaction,
    exp.Commit,
    exp.Rollback,
)
_MADE: Final = frozenset(("TABLE", "VIEW", "SCHEMA", "STAGE", "SEQUENCE", "FILE FORMAT"))
_SHOWN: Final = frozenset(
    (
        *("OBJECTS", "TABLES", "VIEWS", "FILE FORMATS", "SCHEMAS", "DATABASES", "COLUMNS", "FUNCTIONS"),
        *("STAGES", "PRIMARY KEYS", "UNIQUE KEYS", "IMPORTED KEYS"),
    )
)
_DESCRIBED: Final = frozenset(("TABLE", "VIEW"))
# First words of Snowflake's statements; any other is a syntax error there, too.
_FIRST_WORDS: Final = frozenset(
    (
        *("ALTER", "BEGIN", "CALL", "COMMENT", "COMMIT", "COPY", "CREATE", "DECLARE", "DELETE", "DESC", "DESCRIBE"),
        *("DROP", "EXECUTE", "EXPLAIN", "GET", "GRANT", "INSERT", "LET", "LIST", "LS", "MERGE", "PUT", "REMOVE"),
        *("RETURN", "REVOKE", "RM", "ROLLBACK", "SELECT", "SET", "SHOW", "START", "TRUNCATE", "UNDROP", "UNSET"),
        *("UPDATE", "USE", "VALUES", "WITH"),
    )
)
# Properties that make another object of a table or view than the engine can make.
_ANOTHER_THING: Final = {
    exp.ExternalProperty: "an external table",
    exp.MaterializedProperty: "a materialized view",
    exp.DynamicProperty: "a dynamic table",
}
_WHOLE_COLUMN: Final = re.compile(r"(?<!GET_PATH\()\$\d")
# What the parser knows and the engine does not.
_ONLY_SNOWFLAKES: Final[dict[type[Expr], str]] = {
    exp.MatchRecognize: "MATCH_RECOGNIZE",
    exp.SplitToTable: "the function SPLIT_TO_TABLE",
}
# Functions that the parser has no name for and that nevertheless are answered here …
_ANSWERED: Final = frozenset(
    (
        *("AS_BOOLEAN", "AS_DOUBLE", "AS_INTEGER", "AS_NUMBER", "AS_VARCHAR", "HASH", "HAVERSINE", "GET_DDL"),
        *("IS_ROLE_IN_SESSION", "LAST_QUERY_ID", "OBJECT_DELETE", "OBJECT_PICK", "RATIO_TO_REPORT", "RESULT_SCAN"),
        *("SYS_CONTEXT", "TO_OBJECT", "TO_TIMESTAMP", "TO_TIMESTAMP_LTZ", "TO_TIMESTAMP_NTZ", "TO_TIMESTAMP_TZ"),
        *("TRY_TO_TIMESTAMP", "TRY_TO_TIMESTAMP_NTZ", "FLATTEN", "GENERATOR", "GET_PRESIGNED_URL"),
    )
)
# … and those that Snowflake has and this server has not.
_OF_SNOWFLAKE: Final = frozenset(
    (
        *("ALL_USER_NAMES", "ARRAYS_TO_OBJECT", "BUILD_SCOPED_FILE_URL", "BUILD_STAGE_FILE_URL"),
        *("CONDITIONAL_CHANGE_EVENT", "CONDITIONAL_TRUE_EVENT", "GENERATE_COLUMN_DESCRIPTION", "GET_ABSOLUTE_PATH"),
        *("GET_RELATIVE_PATH", "GET_STAGE_LOCATION", "HLL_ACCUMULATE", "HLL_COMBINE"),
        *("HLL_ESTIMATE", "INVOKER_ROLE", "INVOKER_SHARE", "PARSE_XML", "POLICY_CONTEXT", "TO_XML", "XMLGET"),
        *("TRY_TO_TIMESTAMP_LTZ", "TRY_TO_TIMESTAMP_TZ", "SPLIT_TO_TABLE", "STRTOK_SPLIT_TO_TABLE"),
        *("VALIDATE", "COPY_HISTORY", "LOGIN_HISTORY", "WAREHOUSE_METERING_HISTORY", "TASK_DEPENDENTS"),
        *("CURRENT_TASK_GRAPHS", "COMPLETE_TASK_GRAPHS", "AUTOMATIC_CLUSTERING_HISTORY", "PIPE_USAGE_HISTORY"),
    )
)
_FAMILIES_OF_SNOWFLAKE: Final = ("AS_", "IS_", "AI_", "H3_", "ST_")


def enter(statement: Expr, text: str, tables: frozenset[str]) -> None:
    """Let a parsed statement pass; `tables` are the table functions that the server itself answers.

    Raises:
        ProgrammingError: 000002 for what only Snowflake can do, 001003 for a statement and 002140 for a function that
            Snowflake does not have either, 002003 for a source that is no table.
    """
    _refuse_statement(statement, text)
    for node in statement.walk():  # from the outside in, so that a clause is refused before what stands in it
        if isinstance(node, exp.Anonymous):
            _refuse_function(node, tables)
        elif isinstance(node, exp.Table):
            _refuse_source(node)
        elif isinstance(node, exp.TableFromRows) and node.args.get("sample"):
            raise not_supported("SAMPLE of a table function")
        elif type(node) in _ONLY_SNOWFLAKES:
            raise not_supported(_ONLY_SNOWFLAKES[type(node)])
        elif isinstance(node, exp.Join) and node.args.get("match_condition"):
            raise not_supported("ASOF JOIN")


def refuse_account(statement: Expr) -> None:
    """The account's own database, SNOWFLAKE, is not here.

    Raises:
        ProgrammingError: 000002 for whatever reads from it.
    """
    for table in statement.find_all(exp.Table):
        if table.catalog.upper() == "SNOWFLAKE":
            raise not_supported(f"{table.sql('snowflake')}; INFORMATION_SCHEMA tells of the present")


def _refuse_statement(statement: Expr, text: str) -> None:
    kind = str(statement.args.get("kind") or "").upper()
    first = head(text, 1)
    if not isinstance(statement, _STATEMENTS):
        if first and first not in _FIRST_WORDS:
            raise syntax(f"syntax error line 1 at position 0 unexpected '{first}'.")
        raise not_supported(head(text, 3) or type(statement).__name__.upper())
    if isinstance(statement, (exp.Create, exp.Drop)) and kind not in _MADE:
        raise not_supported(f"{head(text, 1)} {kind}")
    if isinstance(statement, exp.Describe) and kind not in _DESCRIBED:
        raise not_supported(f"DESCRIBE {kind}")
    if isinstance(statement, exp.Show) and statement.name.upper() not in _SHOWN:
        raise not_supported(f"SHOW {statement.name.upper()}")
    if isinstance(statement, exp.Copy) and not statement.args.get("kind"):
        raise syntax("syntax error line 1 at position 5 unexpected 'COPY'; Snowflake has COPY INTO.")
    if isinstance(statement, exp.Create) and (properties := statement.args.get("properties")):
        for found in properties.expressions:
            if type(found) in _ANOTHER_THING:
                raise not_supported(f"CREATE of {_ANOTHER_THING[type(found)]}")


def _refuse_function(node: exp.Anonymous, tables: frozenset[str]) -> None:
    name = str(node.this).upper()
    if name in _ANSWERED or name in tables or name.startswith("SYSTEM$"):
        return
    if name in _OF_SNOWFLAKE or name.startswith(_FAMILIES_OF_SNOWFLAKE):
        raise not_supported(f"the function {name}")
    raise failure(2140, "42601", f"{COMPILATION}Unknown function {name}")


def _refuse_source(table: exp.Table) -> None:
    source = table.this
    if isinstance(source, (exp.Var, exp.Literal)) and source.name.startswith("@") and table.find_ancestor(exp.Query):
        copy = table.find_ancestor(exp.Copy)
        # write_pandas copies from a query of a Parquet file's fields, `$1:name`, to the parser GET_PATH; whole columns
        # are not read here.
        # not read here.
        if copy is None or _WHOLE_COLUMN.search(copy.sql("snowflake")):
            raise not_supported("a query of staged files; COPY INTO a table reads them")
    if isinstance(source, exp.Literal) and not source.name.startswith("@"):
        raise missing("object", source.name)
    if isinstance(source, exp.Func) and not isinstance(source, (exp.Anonymous, exp.DynamicIdentifier, exp.Explode)):
        raise failure(2140, "42601", f"{COMPILATION}Unknown table function {source.sql_name()}")
    if isinstance(source, exp.Anonymous) and not isinstance(table.parent, exp.TableFromRows):
        raise syntax(f"syntax error: a table function stands in TABLE(…): '{source.name}'.")
    if any(part.name.lower().startswith(("_fs_", "duckdb_", "pragma_", "sqlite_")) for part in table.parts):
        raise missing("object", ".".join(part.name for part in table.parts))
