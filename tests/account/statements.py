"""Steps about statements: what compiles, what needs no warehouse, how the session signed in."""

import re
from datetime import UTC

from snowflake.connector.errors import ProgrammingError

from contract.binding import binds, with_placeholders
from contract.moment import as_of
from sql import load
from tests.account.account import Account, Seen, Session, differs, holds, not_tried
from tests.house import tree

# Done by a step of its own, or not to be tried: one looks for the session that it names, one for a table that is there
# only while somebody deploys.
ELSEWHERE = {"link", "cancel_statements", "deployment_lock"}
SAMPLES: dict[str, object] = {"time_zone": "UTC", "role": "PUBLIC"}
QUERIES = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE")


def sign_in(account: Account) -> Seen:
    """Workload identity opens a session."""
    way = str(account.arguments.get("authenticator") or "a password").upper()
    with account.session() as session:
        user = session.value("SELECT CURRENT_USER()")
    if way != "WORKLOAD_IDENTITY":
        return not_tried(f"{user} signed in by {way}; run it where the executor runs, as the executor signs in")
    return holds(f"{user} signed in by workload identity")


def probe_without_warehouse(account: Account) -> Seen:
    """The look at the intake is answered for the probe's role, which has no warehouse."""
    with account.session(role=account.probe_role, warehouse=None) as session:
        token = session.value(load("intake_token"))
        warehouse = session.value("SELECT CURRENT_WAREHOUSE()")
    return holds(f"answered {token}") if warehouse is None else not_tried(f"the session has the warehouse {warehouse}")


def statements_compile(account: Account) -> Seen:
    """Every query of the product compiles: joins with FLATTEN, brackets, MERGE over a view, DELETE with a subquery."""
    refused, compiled = [], 0
    with account.session() as session:
        for path in sorted(tree.files(".sql", ("sql/queries",))):
            text = tree.text(path)
            code = "\n".join(line for line in text.splitlines() if not line.startswith("--")).strip()
            if not code.startswith(QUERIES) or "{{" in code or path.stem in ELSEWHERE:
                continue
            compiled += 1
            if why := _refused(session, code):
                refused.append(f"{path.stem}: {why}")
    return differs("; ".join(refused)) if refused else holds(f"{compiled} statements")


def _refused(session: Session, code: str) -> str | None:
    try:
        # How many rows are wanted is no matter of compiling, and no place where every client lets a bind be described.
        text = re.sub(r"\bLIMIT :\w+", "LIMIT 1", code)
        session.columns(with_placeholders(text), [SAMPLES.get(name, 1) for name in binds(text)])
    except ProgrammingError as error:
        return " ".join(str(error.msg).split())
    return None


def moment_of_a_view(account: Account) -> Seen:
    """AT(TIMESTAMP => …) with a literal is answered, of a table and of a view."""
    with account.session() as session:
        now = session.value("SELECT SYSDATE()").replace(tzinfo=UTC)
        for name in ("installation", "jobs"):
            session.rows(as_of(f"SELECT COUNT(*) FROM {name} AT(TIMESTAMP => :_moment)", now, one=True))
    return holds("both answered")
