"""Runs one parsed statement on the engine, inside the session's transaction."""

import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import replace
from typing import Any, Final

import duckdb
from fakesnow.statement_type import statement_type_id
from sqlglot import Expr, exp

from local_cloud.snowflake import result_scan
from local_cloud.snowflake.access_checks import check, place_of
from local_cloud.snowflake.ddl_rights import check_ddl, note_ddl, tables_of
from local_cloud.snowflake.earlier import read_moments, refuse_if_changed
from local_cloud.snowflake.execution import execute
from local_cloud.snowflake.length_changes import checked_anew
from local_cloud.snowflake.merge import counted
from local_cloud.snowflake.moment import as_declared
from local_cloud.snowflake.new_columns import only_new_columns
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.spool import as_table
from local_cloud.snowflake.table_functions import furnish
from local_cloud.snowflake.translation import remembered, translated
from local_cloud.snowflake.visibility import veil

Params = Sequence[Any] | dict[str, Any] | None
_LOCKING: Final = (exp.Update, exp.Delete, exp.Merge, exp.TruncateTable)
_WRITING: Final = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Copy)
_DDL: Final = (exp.Create, exp.Drop, exp.Alter, exp.TruncateTable, exp.Comment)
_PAUSE_S: Final = 0.01


def run_statement(session: Session, statement: Expr, params: Params, text: str = "") -> Result:
    """Run a statement that no command of our own claims; under its `text` the translation is remembered.

    Raises:
        Exception: whatever the engine or fakesnow raises; the caller translates it.
    """
    if isinstance(statement, (exp.Transaction, exp.Commit, exp.Rollback)):
        return _control(session, statement)
    session.begin_statement()
    _prepare(session, statement)
    if (wanted := only_new_columns(session, statement)) is None:
        return status(DONE)
    statement = wanted
    moments, params = read_moments(session, statement, params)
    target = target_of(session, statement) if isinstance(statement, (*_WRITING, exp.TruncateTable)) else None
    # Several statements of the engine's, or one that may turn out not to be allowed: done altogether or not at all.
    is_several = isinstance(statement, exp.Copy) or bool(moments and target)
    try:
        with session.whole_statement() if is_several else nullcontext(), checked_anew(session, statement):
            result = _locked(session, statement, params, text, target)
            refuse_if_changed(session, moments)
    except BaseException:
        session.recover()
        raise
    finally:
        if session.transaction is None:
            session.server.locks.release(session.session_id)
    if isinstance(statement, _DDL):
        note_ddl(session, statement, text)
    return result


def _prepare(session: Session, statement: Expr) -> None:
    if session.server.privileges.enforced and isinstance(statement, _DDL):  # whoever asks has checked the others
        check(session, statement)
        check_ddl(session, statement)
    if isinstance(statement, _DDL):
        session.commit_before_ddl()
    elif isinstance(statement, _WRITING) and not session.autocommit_on:
        session.begin()


def _control(session: Session, statement: Expr) -> Result:
    if isinstance(statement, exp.Transaction):
        session.begin()
    elif isinstance(statement, exp.Commit):
        session.commit_transaction()
    else:
        session.rollback_transaction()
    return status(DONE, statement_type=statement_type_id(statement))


def _locked(session: Session, statement: Expr, params: Params, text: str, target: Place | None) -> Result:
    """Run a statement with the lock that it needs, and note what it changed."""
    if isinstance(statement, _DDL) and target is None:
        tables = tables_of(session, statement)
        with session.server.changes.writing(tables):
            result = _retrying(session, statement, params, text)
            session.server.changes.record_made(tables)
        return result
    if target is None:
        return _retrying(session, statement, params, text)
    name = ".".join(target)
    if _takes_lock(statement):
        timeout_s = float(session.parameters["LOCK_TIMEOUT"])
        stop, asking = session.refuse_if_stopped, session.asking()
        session.server.locks.take(name, session.session_id, timeout_s, stop, asking)
    if session.transaction:
        session.renew()  # what was committed while it waited
        return _in_transaction(session, statement, params, text, target)
    with session.server.changes.writing({name}):
        result = _retrying(session, statement, params, text)
        if result.rowcount or isinstance(statement, exp.TruncateTable):
            session.server.changes.record({name})
    return result


def _in_transaction(session: Session, statement: Expr, params: Params, text: str, target: Place) -> Result:
    transaction = session.transaction
    if transaction is None:  # the caller has looked; this is for the types
        return _retrying(session, statement, params, text)
    tops = transaction.before_write(session.engine, _written_by(session, statement, target))
    result = _retrying(session, statement, params, text)
    transaction.wrote(session.engine, tops, max(result.rowcount, 0))
    if result.rowcount:
        transaction.changed.add(".".join(target))
    return result


def target_of(session: Session, statement: Expr) -> Place | None:
    """The table that a DML statement writes; None when it cannot be told."""
    table = statement.expressions[0] if isinstance(statement, exp.TruncateTable) else statement.this
    if isinstance(table, exp.Schema):
        table = table.this
    if not isinstance(table, exp.Table) or not isinstance(table.this, exp.Identifier):
        return None
    return place_of(session, table)


def _written_by(session: Session, statement: Expr, target: Place) -> Iterator[tuple[str, bool]]:
    """(engine name, whether rows are only added) of each table that a DML statement writes."""
    only_adds = isinstance(statement, (exp.Insert, exp.Copy)) and not statement.args.get("overwrite")
    names = [part.replace('"', '""') for part in target]
    is_temporary = target in session.temporary
    yield f'temp."{names[2]}"' if is_temporary else '"{}"."{}"."{}"'.format(*names), only_adds
    if isinstance(statement, exp.Copy):
        yield f'"{session.database}"._fs_information_schema._fs_load_history', True


def _takes_lock(statement: Expr) -> bool:
    return isinstance(statement, _LOCKING) or bool(
        isinstance(statement, exp.Insert) and statement.args.get("overwrite")
    )


def _retrying(session: Session, statement: Expr, params: Params, text: str) -> Result:
    """A conflict of two writers is waited out, as a lock would; a transaction is opened anew on what is there now."""
    deadline_s = time.monotonic() + float(session.parameters["LOCK_TIMEOUT"])
    while True:
        bound = params if params is None or isinstance(params, dict) else list(params)
        try:
            return _once(session, statement, bound, text)
        except duckdb.TransactionException as conflict:
            is_over = time.monotonic() > deadline_s or bool(session.transaction and session.transaction.is_batch)
            if "onflict" not in str(conflict) or is_over:
                raise
            session.recover()
            session.begin_statement()
            time.sleep(_PAUSE_S)


def _once(session: Session, statement: Expr, params: list[Any] | dict[str, Any] | None, text: str) -> Result:
    kind = statement_type_id(statement)
    plan = remembered(session, text)
    if plan is None:
        statement = statement.copy()  # the translation changes it, and it may be needed again
        if found := result_scan.stored(session, statement):
            return found
        furnish(session, statement, params)
        veil(session, statement)
        plan = translated(session, statement, params, text)
    answer: Result | None = None
    merged: list[str] = []
    for part in plan.parts:
        sent = params if part.has_binds else None
        if plan.merge_operations:
            merged = [row[0] for row in session.engine.execute(part.sql, sent).fetchall()]
        else:
            answer = execute(session, part, sent, kind)
    if answer is None:
        return counted(merged, plan.merge_operations)
    tells_defaults = isinstance(statement, (exp.Describe, exp.Show)) or "INFORMATION_SCHEMA" in text.upper()
    if not tells_defaults or answer.table is None:
        return answer
    return replace(answer, table=as_declared(as_table(answer.table)))
