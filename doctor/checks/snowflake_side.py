"""Checks of the Snowflake side: signed in, installed, tasks resumed, nothing left of the earlier design."""

import re
from typing import Final

from contract.account_name import other_order, wrong
from doctor.checks.frame import Fault, Severity
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError

_ANSWERED: Final = re.compile(r"\b390\d{3}\b")
"""A number of Snowflake's own sign-in: whoever answers so knows the account."""


class SignIn:
    """The sign-in."""

    id = "sign_in"
    question = "Snowflake lets us in, with a role"
    severity = Severity.ERROR
    reads = ("a user in Snowflake",)
    theory = "Nothing works without it; the connector's codes are told with what they mean."

    def look(self, place: Place) -> list[Fault]:
        """Sign in and ask for the role."""
        try:
            place.rows("current_role")
        except RefusedError as error:
            remedy = "docs/how-to/sign-in.md tells each way to sign in, and what it needs."
            doubtful = "" if _ANSWERED.search(str(error)) else _which_account(place.account)
            return [Fault(str(error), f"{doubtful}{remedy}")]
        return []


def _which_account(account: str) -> str:
    """Which form the account's name has, and what else may be meant by it."""
    if not account or wrong(account):
        return ""  # the check settings says what is wrong with it
    if "." in account:
        says = f"SNOWFLAKE_ACCOUNT {account} is read as a locator with its region"
        return f"{says}; SELECT CURRENT_ORGANIZATION_NAME() || '-' || CURRENT_ACCOUNT_NAME() tells the better name. "
    other = other_order(account)
    if other is None:
        return ""
    organisation, _, name = account.partition("-")
    says = f"SNOWFLAKE_ACCOUNT {account} is read as organisation {organisation}, account {name}"
    return f"{says}; if that is the wrong way round, {other} is meant. "


class Installed:
    """What deploy makes."""

    id = "installed"
    question = "The queue's views answer: the Snowflake side is installed and this role may read it"
    severity = Severity.ERROR
    reads = ("the role REPORT_REQUESTER or a higher one",)
    theory = "A role without grants and a queue that is not there look the same to Snowflake."

    def look(self, place: Place) -> list[Fault]:
        """Read a view of the queue."""
        try:
            place.rows("jobs", status=None, report_type=None, since=None, most=1)
        except RefusedError as error:
            if error.code == SIGN_IN:
                raise
            return [Fault(str(error), "Install with reporting deploy snowflake, or ask for the role.")]
        return []


class TasksResumed:
    """The tasks that call the procedures."""

    id = "tasks_resumed"
    question = "The tasks of the schedule are resumed"
    severity = Severity.WARNING
    reads = ("MONITOR on the tasks",)
    theory = "A suspended task makes no reports, and nobody notices until they are missed."

    def look(self, place: Place) -> list[Fault]:
        """Ask Snowflake for the tasks' states, and compare with those that a deployment starts."""
        from executor.deploy.tasks import wanted  # noqa: PLC0415 - it loads Snowflake's client, which --help need not wait for

        rows = [{str(key).lower(): value for key, value in row.items()} for row in place.rows("tasks")]
        states = {str(row["name"]).lower(): str(row["state"]).lower() for row in rows}
        if not states:
            raise CannotLookError("this role sees no task: it takes MONITOR on them, or none is installed")
        where = f"{place.names.database}.{place.names.schema_name}"
        found: list[Fault] = []
        for name in wanted({}):
            if name not in states:
                found.append(Fault(f"task {name.upper()} is not there", "reporting deploy snowflake"))
            elif states[name] != "started":
                remedy = f"If that is not meant: ALTER TASK {where}.{name.upper()} RESUME"
                found.append(Fault(f"task {name.upper()} is {states[name]}", remedy))
        return found


class EarlierDesign:
    """What is left of the design in which Snowflake called an HTTP service."""

    id = "earlier_design"
    question = "Nothing is left of an earlier design that called an HTTP service"
    severity = Severity.WARNING
    reads = ("USAGE on functions, integrations, network rules and secrets",)
    theory = (
        "Its functions still call a service that is gone, or whose address has changed again, and its integrations,"
        " network rules and secrets are open doors: Snowflake calls nobody any more, so all of it can go."
    )

    def look(self, place: Place) -> list[Fault]:
        """Look for its functions, and for what served them, by their names."""
        from executor.deploy import earlier  # noqa: PLC0415 - it loads Snowflake's client, which --help need not wait for

        told = {
            statement: [{str(key).lower(): value for key, value in row.items()} for row in place.rows(statement)]
            for statement in earlier.STATEMENTS
        }
        remedy = "reporting deploy move-over --matching {} shows what stands for it; --drop drops it."
        return [
            Fault(
                f"{one.kind.lower()} {one.name.replace(chr(34), '')} is left of a design in which Snowflake called"
                " a service; nothing of this one uses it",
                remedy.format(_last(one.name)),
            )
            for one in earlier.found_in(told, place.names, earlier.LIKELY)
        ]


def _last(name: str) -> str:
    return name.replace('"', "").partition("(")[0].rsplit(".", 1)[-1]
