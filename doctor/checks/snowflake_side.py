"""Checks of the Snowflake side: signed in, installed, tasks resumed, nothing left of the earlier design."""

from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError

_EARLIER: Final = ("GENERATE_REPORT_VIA_ECS", "GENERATE_SALES_REPORT_ECS", "CHECK_ECS_JOB_STATUS")


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
            return [Fault(str(error), "docs/how-to/sign-in.md tells each way to sign in, and what it needs.")]
        return []


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
    reads = ("USAGE on the functions",)
    theory = "Its functions still call a service that is gone, and its integrations and secrets are open doors."

    def look(self, place: Place) -> list[Fault]:
        """Look for its functions by their names."""
        rows = [
            row for statement in ("show_external_functions", "show_user_functions") for row in place.rows(statement)
        ]
        names = {str({str(key).lower(): value for key, value in row.items()}["name"]) for row in rows}
        remedy = "reporting deploy move-over shows them and what stands for each; --drop drops them."
        return [Fault(f"function {name} is left", remedy) for name in sorted(names & set(_EARLIER))]
