"""Runs one parsed statement on the engine, inside the session's transaction."""

import time
from collections.abc import Sequence
from typing import Any, Final

import duckdb
from fakesnow.cursor import FakeSnowflakeCursor
from fakesnow.statement_type import statement_type_id
from sqlglot import Expr, exp

from local_cloud.snowflake import result_scan
from local_cloud.snowflake.access_checks import check
from local_cloud.snowflake.ddl_rights import check_ddl, note_ddl
from local_cloud.snowflake.merge import counted
from local_cloud.snowflake.result import DONE, Result, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.table_functions import furnish
from local_cloud.snowflake.translation import translated
from local_cloud.snowflake.visibility import veil

Params = Sequence[Any] | dict[str, Any] | None
_LOCKING: Final = (exp.Update, exp.Delete, exp.Merge)
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
    _prepare(session, statement)
    changed = target_of(session, statement) if isinstance(statement, _WRITING) else ""
    try:
        if changed and isinstance(statement, _LOCKING):
            session.server.locks.take(changed, session.session_id, float(session.parameters["LOCK_TIMEOUT"]))
        result = _retrying(session, statement, params, text)
    except BaseException:
        if session.transaction:
            session.transaction.recover(session.engine)
        raise
    finally:
        if session.transaction is None:
            session.server.locks.release(session.session_id)
    if changed and result.rowcount:
        _note_change(session, changed)
    if isinstance(statement, _DDL):
        note_ddl(session, statement, text)
    return result


def _prepare(session: Session, statement: Expr) -> None:
    if session.transaction:
        session.transaction.refuse_if_doomed()
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


def _note_change(session: Session, table: str) -> None:
    if session.transaction:
        session.transaction.changed.add(table)
    else:
        session.server.record_changes({table})


def target_of(session: Session, statement: Expr) -> str:
    """The table that a DML statement writes, as `DB.SCHEMA.TABLE`; empty when it cannot be told."""
    table = statement.this
    if isinstance(table, exp.Schema):
        table = table.this
    if not isinstance(table, exp.Table):
        return ""
    parts = [
        (p.name if p.quoted else p.name.upper()) if isinstance(p, exp.Identifier) else default
        for p, default in (
            (table.args.get("catalog"), session.database),
            (table.args.get("db"), session.schema),
            (table.this, ""),
        )
    ]
    return ".".join(str(part) for part in parts)


def _retrying(session: Session, statement: Expr, params: Params, text: str) -> Result:
    """A conflict of two writers is waited out, as a lock would; a transaction is opened anew on what is there now."""
    deadline_s = time.monotonic() + float(session.parameters["LOCK_TIMEOUT"])
    while True:
        bound = params if params is None or isinstance(params, dict) else list(params)
        try:
            return _once(session, statement.copy(), bound, text)
        except duckdb.TransactionException as conflict:
            if "onflict" not in str(conflict) or time.monotonic() > deadline_s:
                raise
            if session.transaction:
                session.transaction.recover(session.engine)
                session.transaction.refuse_if_doomed()
            time.sleep(_PAUSE_S)


def _once(session: Session, statement: Expr, params: list[Any] | dict[str, Any] | None, text: str) -> Result:
    kind = statement_type_id(statement)
    if found := result_scan.stored(session, statement):
        return found
    furnish(session, statement, params)
    veil(session, statement)
    plan = translated(session, statement, params, text)
    cursor = FakeSnowflakeCursor(session, session.engine)
    merged: list[str] = []
    upload = None
    for part in plan.parts:
        sent = params if part.has_binds else None
        if plan.merge_operations:
            merged = [row[0] for row in session.engine.execute(part.sql, sent).fetchall()]
        else:
            cursor._execute(part.tree, sent)  # noqa: SLF001  fakesnow's own pipeline, pinned by the seam test
            upload = part.tree.args.get("put_stage_data")
        if session.transaction and isinstance(statement, _WRITING):
            session.transaction.note(part.sql, sent)
    return counted(merged, plan.merge_operations) if plan.merge_operations else _result(session, cursor, kind, upload)


def _result(session: Session, cursor: FakeSnowflakeCursor, kind: int, upload: dict[str, Any] | None) -> Result:
    table: Any = cursor._arrow_table  # noqa: SLF001  fakesnow keeps the answer here
    types = tuple(str(column[1]) for column in session.engine.description or ())
    return Result(table, types, int(cursor.rowcount or 0), kind, upload=upload)
