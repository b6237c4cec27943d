"""Steps about procedures: who is the caller, what is the transaction, how long a first CALL takes."""

import json
import time
from uuid import uuid4

from snowflake.connector.errors import ProgrammingError

from contract.definition_kinds import ColumnType, types_of
from sql import load
from tests.account.account import Account, Seen, Session, differs, holds, not_tried

SLOW_S = 60.0
NO_LINKS = "no links are set up; docs/how-to/share-links-to-reports.md"


def caller_in_owners_rights(account: Account) -> Seen:
    """CURRENT_USER() in a procedure with owner's rights is the caller: a job asked for names who asked."""
    with account.session() as session:
        me = session.value("SELECT CURRENT_USER()")
        later = "OBJECT_CONSTRUCT('not_before', TO_VARCHAR(DATEADD('hour', 12, SYSDATE()), 'YYYY-MM-DD HH24:MI:SS'))"
        call = f"CALL generate_report('CONNECTION_TEST', OBJECT_CONSTRUCT(), {later})"
        job_id = json.loads(session.value(call))["job_id"]
        try:
            by = session.value("SELECT requested_by FROM job_intake WHERE job_id = ? AND kind = 'RUN'", job_id)
        finally:
            session.rows("CALL cancel_report(?)", job_id)
    return holds(f"a job of {me} names {by}") if by == me else differs(f"asked by {me}, but the job names {by}")


def transaction_in_procedure(account: Account) -> Seen:
    """CURRENT_TRANSACTION() in a procedure is NULL without BEGIN, and the caller's after it."""
    with account.session() as session:
        alone = _refusal(session)
        session.rows("BEGIN")
        inside = _refusal(session)
        session.rows("ROLLBACK")
    if "is not the id of a job" in alone and "COMMIT first" in inside:
        return holds("waiting is refused inside a transaction and only there")
    return differs(f"without BEGIN: {alone}; after BEGIN: {inside}")


def _refusal(session: Session) -> str:
    try:
        session.rows("CALL wait_for_report('no such job', 0)")
    except ProgrammingError as error:
        return str(error.msg)
    return "not refused"


def first_call(account: Account) -> Seen:
    """The first CALL of a session, with the warehouse asleep, and the next; the staged zip and its SQL are read."""
    took = []
    with account.session() as session:
        for _ in range(2):
            began_s = time.monotonic()
            answer = _refusal(session)
            took.append(time.monotonic() - began_s)
            if "is not the id of a job" not in answer:
                return differs(f"the procedure says: {answer}")
    figures = f"{took[0]:.1f} s, then {took[1]:.1f} s"
    return holds(figures) if took[0] < SLOW_S else differs(f"{figures}; more than {SLOW_S:.0f} s is too long to wait")


def compiled_as_runner(account: Account) -> Seen:
    """A procedure of the owner's calls one of the runner's, which compiles with the runner's rights."""
    queries = json.dumps([{"sql": "SELECT 1 AS n", "values": []}])
    with account.session() as session:
        (told,) = json.loads(session.value("CALL compile_queries(?)", queries))
    is_number = types_of(told.get("columns", ()), told.get("types", ())) == {"n": ColumnType.NUMBER}
    return holds("columns and their types are told") if is_number else differs(f"told: {told}")


def doorbell(account: Account) -> Seen:
    """The notification integration takes a doorbell; an executor with a hints queue logs that it heard it."""
    message, name = json.dumps({"application/json": json.dumps({"doorbell": 1})}), None
    with account.session() as session:
        name = session.value("SELECT MAX(doorbell) FROM installation")
        if name is None:
            return not_tried("no doorbell is set up; docs/how-to/ring-for-the-executor.md")
        said = session.value(
            load("send_notification").replace(":message", "?").replace(":target", "?"), message, json.dumps({name: {}})
        )
    return holds(f"{name}: {said}")


def links(account: Account) -> Seen:
    """GET_PRESIGNED_URL takes path and time as binds."""
    with account.session() as session:
        if not _has_stage(session):
            return not_tried(NO_LINKS)
        url = session.value("SELECT GET_PRESIGNED_URL(@report_links, ?, ?)", f"verify/{uuid4().hex}", 60)
    return holds("signed") if str(url).startswith("http") else differs(f"answered {url}")


def running_reports(account: Account) -> Seen:
    """A query of the stage of the links is understood and let through; where no file is, there are no rows."""
    with account.session() as session:
        if not _has_stage(session):
            return not_tried(NO_LINKS)
        rows = session.rows(load("so_far").replace("{{ prefix }}", f"VERIFY/adhoc/{uuid4().hex}/1/"))
    return differs(f"answered {rows}") if rows else holds("no rows of a file that is not there")


def _has_stage(session: Session) -> bool:
    try:
        session.rows("DESCRIBE STAGE report_links")
    except ProgrammingError:
        return False
    return True
