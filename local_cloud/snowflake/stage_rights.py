"""Who may touch files in stages: READ to list and load them, WRITE to put and remove them."""

from sqlglot import Expr, exp

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.privileges import OWNERSHIP
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stage_names import is_of_table, read_reference, refuse_users_own


def need_stage(session: Session, reference: str, privilege: str, at: tuple[str, str] | None = None) -> None:
    """A privilege on the stage of `@stage/path`; a table's own stage is its owner's.

    Of a stage in S3 the privilege is USAGE for everything, as in Snowflake.

    Raises:
        ProgrammingError: 000002 for a user's own stage, 002003 when the role has no privilege on the stage, 003001
            when it has others.
    """
    refuse_users_own(reference)
    if not session.server.privileges.enforced:
        return
    place, _ = read_reference(session, reference, at)
    if is_of_table(reference):
        Guard(session).need("TABLE", place, OWNERSHIP)
        return
    kept = session.server.catalog.get("STAGE", place[:2], place[2]) or {}
    Guard(session).need("STAGE", place, "USAGE" if kept.get("url") else privilege)


def check_stages(session: Session, statement: Expr) -> None:
    """Every stage that PUT, COPY or a query names.

    Raises:
        ProgrammingError: 002003 or 003001.
    """
    if isinstance(statement, exp.Put):
        need_stage(session, statement.args["target"].name, "WRITE")
    written = statement.this if isinstance(statement, exp.Copy) else None
    for table in statement.find_all(exp.Table):
        reference = table.this.name if isinstance(table.this, (exp.Var, exp.Literal)) else ""
        if reference.startswith("@"):
            need_stage(session, reference, "WRITE" if table is written else "READ")
