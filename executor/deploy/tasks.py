"""Which tasks run by their schedule: new ones do, and one that an operator suspended stays suspended."""

from importlib.resources import files

from snowflake.connector import DictCursor, SnowflakeConnection

from executor.deploy.templates import query
from sql import load

_SCRIPT = "R__task_"
_OFF = "-- Switched off when it is new"


def states(connection: SnowflakeConnection) -> dict[str, str]:
    """The state of every task of the schema, by its name in small letters."""
    with connection.cursor(DictCursor) as cursor:
        cursor.execute(load("tasks"))
        return {str(row["name"]).lower(): str(row["state"]).lower() for row in cursor.fetchall()}


def resume(connection: SnowflakeConnection, before: dict[str, str]) -> None:
    """Resume our tasks that are there, but not those that were suspended before the deployment."""
    there = states(connection)
    for name in wanted(before):
        if name in there:
            # The name cannot be bound; it is that of a file of ours.
            connection.cursor().execute(query("resume_task", task=name))


def wanted(before: dict[str, str]) -> list[str]:
    """The tasks that run after a deployment, when their states were these before."""
    return [name for name in names() if before.get(name, _when_new(name)) == "started"]


def _when_new(name: str) -> str:
    text = files("sql").joinpath(f"tasks/{_SCRIPT}{name}.sql").read_text(encoding="utf-8")
    return "suspended" if _OFF in text else "started"


def names() -> list[str]:
    """Our tasks, as their scripts are called."""
    scripts = (script.name for script in files("sql").joinpath("tasks").iterdir())
    return sorted(name.removeprefix(_SCRIPT).removesuffix(".sql") for name in scripts if name.startswith(_SCRIPT))
