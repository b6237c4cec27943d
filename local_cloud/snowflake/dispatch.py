"""From statement text to its result: our own commands by their first words, the rest to the engine."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Final

from sqlglot import Expr, exp, parse

from local_cloud.snowflake import (
    access,
    calls,
    comments,
    describe_objects,
    describe_users,
    integrations,
    namespaces,
    outward,
    procedure_tables,
    procedures,
    session_commands,
    show_grants,
    stage_commands,
    stage_copies,
    staged_queries,
    table_ddl,
    table_keys,
    table_settings,
    tasks,
)
from local_cloud.snowflake.access_checks import Guard, check, place_of
from local_cloud.snowflake.comments import relation_kind
from local_cloud.snowflake.dynamic_names import resolve_names
from local_cloud.snowflake.engine import Params, run_statement
from local_cloud.snowflake.engine_door import enter, refuse_account
from local_cloud.snowflake.errors import failure, translate
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import head, with_variables, without_trailing_semicolon
from local_cloud.snowflake.stage_rights import check_stages
from local_cloud.snowflake.table_functions import NO_PROCEDURES
from local_cloud.snowflake.visibility import shown
from local_cloud.snowflake.warehouse_need import command_needs_warehouse, needs_warehouse

Command = Callable[[Session, str, Params], Result]
_OR: Final = r"(?:OR (?:REPLACE|ALTER) )?"

# The first pattern that matches the statement's first words decides.
COMMANDS: Final[tuple[tuple[re.Pattern[str], Command], ...]] = tuple(
    (re.compile(pattern + r"(?: |$)"), command)
    for pattern, command in (
        (r"CALL", calls.call),
        (rf"CREATE {_OR}(?:SECURE |TEMP |TEMPORARY )?PROCEDURE", procedures.create),
        (r"DROP PROCEDURE", procedures.drop),
        (r"(?:DESC|DESCRIBE) PROCEDURE", procedures.describe),
        (r"SHOW (?:USER )?PROCEDURES", procedures.show),
        (rf"CREATE {_OR}TASK", tasks.create),
        (r"ALTER TASK", tasks.alter),
        (r"EXECUTE TASK", tasks.execute),
        (r"DROP TASK", tasks.drop),
        (r"SHOW TASKS", tasks.show),
        (r"(?:DESC|DESCRIBE) TASK", tasks.describe),
        (r"(?:DESC|DESCRIBE) (?:TABLE|VIEW)", describe_objects.describe_relation),
        (r"(?:DESC|DESCRIBE) STAGE", describe_objects.describe_stage),
        (r"(?:DESC|DESCRIBE) (?:STORAGE |NOTIFICATION |API |EXTERNAL ACCESS )?INTEGRATION", integrations.describe),
        (r"(?:DESC|DESCRIBE) USER", describe_users.describe),
        (r"(?:DESC|DESCRIBE)", table_ddl.refuse),
        (r"SHOW (?:PRIMARY|UNIQUE) KEYS", describe_objects.show_keys),
        (r"SHOW TRANSACTIONS", describe_objects.show_transactions),
        (r"(?:DECLARE|LET|EXPLAIN)", table_ddl.refuse),
        (r"BEGIN (?!NAME |TRANSACTION|WORK)\w+", table_ddl.refuse),
        (r"COMMENT", comments.comment),
        (r"GRANT", access.grant),
        (r"REVOKE", access.revoke),
        (rf"CREATE {_OR}(?:DATABASE )?ROLE", access.create_role),
        (r"DROP (?:DATABASE )?ROLE", access.drop_role),
        (r"SHOW ROLES", access.show_roles),
        (r"SHOW GRANTS", show_grants.show_grants),
        (rf"CREATE {_OR}WAREHOUSE", access.create_warehouse),
        (r"ALTER WAREHOUSE", access.alter_warehouse),
        (r"DROP WAREHOUSE", access.drop_warehouse),
        (r"SHOW WAREHOUSES", access.show_warehouses),
        (rf"CREATE {_OR}USER", access.create_user),
        (r"ALTER USER", access.alter_user),
        (r"DROP USER", access.drop_user),
        (r"ALTER SESSION", session_commands.alter),
        (r"SHOW PARAMETERS", session_commands.show_parameters),
        (r"SHOW VARIABLES", session_commands.show_variables),
        (r"SET", session_commands.set_variable),
        (r"UNSET", session_commands.unset_variable),
        (r"USE", namespaces.use),
        (rf"CREATE {_OR}(?:TRANSIENT )?DATABASE", namespaces.create_database),
        (r"DROP DATABASE", namespaces.drop_database),
        (r"CREATE OR ALTER", table_ddl.create_or_alter),
        (rf"CREATE {_OR}HYBRID TABLE", table_ddl.refuse),
        (r"ALTER TABLE \S+(?: \. \S+)* SWAP", table_ddl.swap),
        (r"ALTER TABLE (?:IF EXISTS )?\S+ ADD (?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN)", table_keys.add),
        (r"ALTER TABLE (?:IF EXISTS )?\S+ DROP (?:CONSTRAINT|PRIMARY|UNIQUE|FOREIGN)", table_keys.drop),
        (r"ALTER TABLE (?:IF EXISTS )?\S+ (?:SET|UNSET)", table_settings.alter),
        (r"TRUNCATE (?:TABLE )?IF EXISTS", table_settings.truncate),
        (r"UNDROP", table_ddl.refuse),
        (r"EXECUTE IMMEDIATE", table_ddl.refuse),
        (rf"CREATE {_OR}(?:SECURE )?(?:EXTERNAL FUNCTION|NETWORK RULE|SECRET)", outward.create),
        (r"SHOW (?:EXTERNAL FUNCTIONS|USER FUNCTIONS|NETWORK RULES|SECRETS)", outward.show),
        (r"DROP (?:FUNCTION|NETWORK RULE|SECRET)", outward.drop),
        (rf"CREATE {_OR}(?:STREAM|ALERT|PIPE|FUNCTION|\w+ (?:\w+ )?POLICY)", table_ddl.refuse),
        (rf"CREATE {_OR}(?:TEMP |TEMPORARY )?STAGE", stage_commands.create),
        (r"DROP STAGE", stage_commands.drop),
        (r"(?:REMOVE|RM)", stage_commands.remove),
        (r"(?:LIST|LS)", stage_commands.list_files),
        (r"PUT", stage_commands.put),
        (r"GET", stage_commands.get),
        (r"COPY INTO (?:' )?@\S+", stage_copies.unload),
        (r"COPY INTO '", stage_copies.refuse),
        (r"COPY INTO", stage_copies.load),
        (rf"CREATE {_OR}(?:STORAGE|NOTIFICATION|API|EXTERNAL ACCESS) INTEGRATION", integrations.create),
        (r"SHOW (?:STORAGE |NOTIFICATION |API |EXTERNAL ACCESS )?INTEGRATIONS", integrations.show),
        (r"DROP (?:STORAGE |NOTIFICATION |API |EXTERNAL ACCESS )?INTEGRATION", integrations.drop),
        (r"START TRANSACTION", session_commands.start_transaction),
    )
)
_LATE_EXISTS: Final = re.compile(
    r'^(\s*CREATE\b[\w\s]*?\bTABLE)\s+((?:"[^"]+"|[\w$]+)(?:\.(?:"[^"]+"|[\w$]+))*)\s+IF\s+NOT\s+EXISTS\b',
    re.IGNORECASE,
)
_LONGEST_KEPT: Final = 20_000
# Of these a name, a moment or a table is taken out of the parsed statement, which then cannot be used twice.
_CHANGED_WHEN_RUN: Final = re.compile(r"\b(?:IDENTIFIER|TABLE|AT|BEFORE)\s*\(", re.IGNORECASE)
_QUERIES: Final = frozenset(("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"))


def run(session: Session, sql: str, params: Params = None) -> Result:
    """Run one statement.

    Raises:
        snowflake.connector.errors.Error: whatever goes wrong, with Snowflake's number and SQLSTATE.
    """
    try:
        text = with_variables(without_trailing_semicolon(sql), session.names)
        first = head(text)
        if first.split(" ", 1)[0] not in _QUERIES:
            for pattern, command in COMMANDS:
                if pattern.match(first):
                    with _metered(session, text, first, needed=command_needs_warehouse(first)):
                        return command(session, text, params)
            text = _as_parsed(first, text)
        if first.startswith("SELECT $") and staged_queries.is_one(text):
            with _metered(session, text, first, needed=True):
                return staged_queries.run(session, text)
        statement = _remembered(session, text)
        params = resolve_names(statement, params)
        if session.server.privileges.enforced:  # what may not be seen is refused before a warehouse is looked for
            check(session, statement)
            if "@" in text:
                check_stages(session, statement)
        procedure_tables.furnish(session, statement, NO_PROCEDURES)
        enter(statement, text, NO_PROCEDURES)
        needed = needs_warehouse(statement, lambda table: relation_kind(session, place_of(session, table)) == "VIEW")
        if needed:
            Guard(session).need_warehouse()
        with _metered(session, text, first, needed=needed):
            result = run_statement(session, statement, params, text)
            return shown(session, first, result) if first.startswith("SHOW ") else result
    except Exception as error:
        raise translate(error) from error


def _metered(session: Session, text: str, first: str, *, needed: bool) -> AbstractContextManager[None]:
    place = (session.role, str(session.parameters["QUERY_TAG"]), session.warehouse or "")
    return session.server.meter.statement(text, first.split(" ", 1)[0], place, needed=needed)


def _as_parsed(first: str, text: str) -> str:
    """Spellings of Snowpark's that the parser does not know."""
    if first.startswith("CREATE"):
        text = re.sub(r"\bSCOPED\s+(?=TEMP)", "", text, count=1, flags=re.IGNORECASE)
        return _LATE_EXISTS.sub(r"\1 IF NOT EXISTS \2 ", text, count=1)
    return text


def _remembered(session: Session, text: str) -> Expr:
    """The parsed statement, which nobody changes: clients repeat their statements with other binds."""
    known: Expr | None = session.server.parsed.get(text)
    if known is None:
        known = _parsed(text)
        if len(text) <= _LONGEST_KEPT and not _CHANGED_WHEN_RUN.search(text):
            session.server.parsed[text] = known
    return known


def _parsed(text: str) -> Expr:
    if not head(text, 1):
        raise failure(900, "42601", "SQL compilation error:\nEmpty SQL statement.")
    statements = [s for s in parse(text, read="snowflake") if s is not None and not isinstance(s, exp.Semicolon)]
    if len(statements) != 1:
        count = len(statements)
        raise failure(8, "0A000", f"Actual statement count {count} did not match the desired statement count 1.")
    refuse_account(statements[0])
    return statements[0]
