"""All steps, in the order in which they are done."""

from collections.abc import Iterator
from typing import Final

from snowflake.connector.errors import Error

from tests.account import locks, procedures, statements
from tests.account.account import Account, Seen, Step, differs

STEPS: Final = tuple(
    Step(look.__name__, str(look.__doc__).splitlines()[0], look)
    for look in (
        statements.sign_in,
        statements.probe_without_warehouse,
        procedures.first_call,
        procedures.caller_in_owners_rights,
        procedures.transaction_in_procedure,
        procedures.compiled_as_runner,
        statements.statements_compile,
        statements.moment_of_a_view,
        locks.inserts_beside_an_update,
        locks.merge_that_waited,
        locks.too_many_waiters,
        procedures.doorbell,
        procedures.links,
        procedures.running_reports,
    )
)


def look_at(account: Account, names: list[str]) -> Iterator[tuple[Step, Seen]]:
    """Do these steps, or all; what Snowflake refuses is a finding, too."""
    for step in STEPS:
        if names and step.name not in names:
            continue
        try:
            yield step, step.look(account)
        except Error as error:
            yield step, differs("refused: " + " ".join(str(error.msg or error).split()))
