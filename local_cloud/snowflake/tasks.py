"""CREATE, ALTER, EXECUTE, DROP and SHOW TASK(S)."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from local_cloud.snowflake.access_checks import Guard, hidden, insufficient
from local_cloud.snowflake.clock import now_text
from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.names import like, resolve
from local_cloud.snowflake.option_values import refuse_wrong_numbers
from local_cloud.snowflake.privileges import ACCOUNT, OWNERSHIP
from local_cloud.snowflake.result import DONE, Result, from_rows, status
from local_cloud.snowflake.schedule import next_due
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.show_text import read_show
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.task_graph import (
    Task,
    names_before,
    refuse_condition,
    refuse_plan,
    refuse_resuming,
    refuse_while_started,
)
from local_cloud.snowflake.task_runs import KIND, predecessors
from local_cloud.snowflake.visibility import Sight


def create(session: Session, sql: str, _params: Any) -> Result:
    """CREATE [OR REPLACE | OR ALTER] TASK [IF NOT EXISTS] name options AS sql: suspended at first."""
    reader = Reader(sql)
    reader.expect("CREATE")
    mode = reader.identifier() if reader.accept("OR") else ""
    reader.expect("TASK")
    gently = reader.accept("IF", "NOT", "EXISTS")
    database, schema, name = resolve(session, reader.name())
    there = session.server.catalog.get(KIND, (database, schema), name)
    if there and gently:
        return status(f"{name} already exists, statement succeeded.")
    if there and not mode:
        raise failure(2002, "42710", f"{COMPILATION}Object '{name}' already exists.")
    if there and (mode == "ALTER" or names_before(there)):  # a root may be replaced while it is started
        refuse_while_started(session, (database, schema, name), names_before(there))
    options = _options(reader)
    refuse_condition(options.get("WHEN"))
    refuse_plan(session, (database, schema, name), options)
    reader.expect("AS")
    definition = reader.rest()
    _refuse_creation(session, database, schema, options)
    session.commit_before_ddl()
    body = {
        "created_on": now_text(),
        "name": name,
        "database": database,
        "schema": schema,
        "owner": session.acting_role,
        "user": session.login.user,
        "options": options,
        "state": "suspended",
        "definition": definition,
    }
    session.server.catalog.put(KIND, (database, schema), name, body)
    if not (there and mode == "ALTER"):
        session.server.privileges.created(KIND, (database, schema, name), session.acting_role)
    return status(f"Task {name} successfully created.")


def _refuse_creation(session: Session, database: str, schema: str, options: dict[str, str]) -> None:
    guard = Guard(session, creating=True)
    guard.need_to_create(KIND, database, schema)
    if (warehouse := options.get("WAREHOUSE")) and not guard.may_use_warehouse(warehouse):
        raise hidden("Warehouse", warehouse)


def _options(reader: Reader) -> dict[str, str]:
    options: dict[str, str] = {}
    while not reader.done and reader.peek() != "AS":
        word = reader.identifier()
        if word == "AFTER":
            options[word] = reader.until("AS", "WHEN", "COMMENT")
        elif word == "WHEN":
            options[word] = reader.until("AS")
        else:
            reader.expect("=")
            options[word] = reader.identifier() if word == "WAREHOUSE" else reader.word()
            reader.accept(",")
    if (schedule := options.get("SCHEDULE")) is not None:
        _refuse_schedule(schedule)
    refuse_wrong_numbers(options)
    return options


def _refuse_schedule(schedule: str) -> None:
    epoch = dt.datetime.fromtimestamp(0, tz=dt.UTC)
    try:
        next_due(schedule, epoch, epoch)
    except ValueError as error:
        text = f"{COMPILATION}invalid value '{schedule}' for parameter 'SCHEDULE'; "
        text += f"write 'n MINUTES' or 'USING CRON m h dom mon dow time-zone' ({error})."
        raise failure(1420, "22023", text) from None


def _one(session: Session, reader: Reader) -> tuple[dict[str, Any] | None, str]:
    gently = reader.accept("IF", "EXISTS")
    database, schema, name = resolve(session, reader.name())
    kept = session.server.catalog.get(KIND, (database, schema), name)
    if kept is None and not gently:
        raise failure(
            2003, "02000", f"{COMPILATION}Task '{database}.{schema}.{name}' does not exist or not authorized."
        )
    return kept, name


def alter(session: Session, sql: str, _params: Any) -> Result:
    """ALTER TASK name RESUME | SUSPEND | SET option = value … | MODIFY AS sql."""
    reader = Reader(sql)
    reader.expect("ALTER", "TASK")
    kept, _ = _one(session, reader)
    if kept is None:
        return status(DONE)
    session.commit_before_ddl()
    guard, place = Guard(session), (kept["database"], kept["schema"], kept["name"])
    guard.need(KIND, place, "OPERATE" if reader.peek() in {"RESUME", "SUSPEND"} else "OWNERSHIP")
    if reader.peek() == "RESUME" and not _owner_may_execute(session, kept):
        raise insufficient("account", "LOCAL")
    change = _change(session, reader, kept)
    session.server.catalog.update(KIND, place[:2], place[2], change)
    return status(DONE)


def _change(session: Session, reader: Reader, task: Task) -> Callable[[Task], Task]:
    """What an ALTER does to the task as it then is, which may be later than `task`."""
    place = (task["database"], task["schema"], task["name"])
    if reader.accept("RESUME"):
        refuse_resuming(task)
        if before := names_before(task):
            refuse_while_started(session, place, before)
        now_s = session.server.task_runs.now().timestamp()
        return lambda kept: kept if kept["state"] == "started" else _resumed(kept, now_s)
    if reader.peek() != "SUSPEND" or names_before(task):  # a root may always be suspended
        refuse_while_started(session, place, names_before(task))
    if reader.accept("SUSPEND"):
        return lambda kept: kept | {"state": "suspended"}
    if reader.accept("SET"):
        options = _options(reader)
        refuse_plan(session, place, task["options"] | options)
        return lambda kept: kept | {"options": kept["options"] | options}
    if reader.accept("UNSET"):
        gone = reader.identifier()
        return lambda kept: kept | {"options": {k: v for k, v in kept["options"].items() if k != gone}}
    if reader.accept("MODIFY", "AS"):
        definition = reader.rest()
        return lambda kept: kept | {"definition": definition}
    if reader.peek() in {"ADD", "REMOVE", "MODIFY"}:
        raise not_supported(f"ALTER TASK … {reader.peek()} {reader.peek(1)}; CREATE OR ALTER TASK is")
    return reader.fail()


def _resumed(kept: Task, now_s: float) -> Task:
    return {k: v for k, v in kept.items() if k != "last_due_s"} | {
        "state": "started",
        "resumed_s": now_s,
        "failures": 0,
    }


def _owner_may_execute(session: Session, task: dict[str, Any]) -> bool:
    rights = session.server.privileges  # the owner's right counts, not that of who resumes
    held = rights.held("ACCOUNT", ACCOUNT, rights.roles_of(task["owner"]))
    return not rights.enforced or not held.isdisjoint(("EXECUTE TASK", OWNERSHIP))


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP TASK [IF EXISTS] name."""
    reader = Reader(sql)
    reader.expect("DROP", "TASK")
    kept, name = _one(session, reader)
    session.commit_before_ddl()
    if kept is None:
        return status("Drop statement executed successfully (object already dropped).")
    place = (kept["database"], kept["schema"], name)
    Guard(session).need(KIND, place, "OWNERSHIP")
    if before := names_before(kept):
        refuse_while_started(session, place, before)
    session.server.catalog.drop(KIND, place[:2], name)
    session.server.privileges.forget(KIND, place)
    return status(f"{name} successfully dropped.")


def execute(session: Session, sql: str, _params: Any) -> Result:
    """EXECUTE TASK name: it runs once more, and what comes after it, in sessions of their own, as the task's owner."""
    reader = Reader(sql)
    reader.expect("EXECUTE", "TASK")
    kept, name = _one(session, reader)
    if kept is not None:
        Guard(session).need(KIND, (kept["database"], kept["schema"], name), "OPERATE")
        runs = session.server.task_runs
        runs.start(kept, runs.now(), "EXECUTE TASK")
    return status(f"Task {name} is scheduled to run immediately.")


def show(session: Session, sql: str, _params: Any) -> Result:
    """SHOW TASKS [LIKE …] [IN …]."""
    asked, sight = read_show(session, sql, "TASKS"), Sight(session)
    kept = session.server.catalog.all(KIND, asked.database, asked.schema)
    named = [task for task in kept if like(asked.pattern, task["name"])]
    return _shown([task for task in named if sight.sees(KIND, (task["database"], task["schema"], task["name"]))])


def describe(session: Session, sql: str, _params: Any) -> Result:
    """DESCRIBE TASK name: what SHOW TASKS tells of it."""
    reader = Reader(sql)
    reader.word()
    reader.expect("TASK")
    kept, name = _one(session, reader)
    if kept is None or not reader.done:
        reader.fail()
    Guard(session).need_any(KIND, (kept["database"], kept["schema"], name))
    return _shown([kept])


def _shown(tasks: list[dict[str, Any]]) -> Result:
    names = "created_on name id database_name schema_name owner comment warehouse schedule predecessors state"
    names += " definition condition allow_overlapping_execution error_integration last_committed_on last_suspended_on"
    rows = []
    for kept in tasks:
        options = kept["options"]
        place = (kept["database"], kept["schema"], kept["owner"], options.get("COMMENT", ""))
        overlaps = str(options.get("ALLOW_OVERLAPPING_EXECUTION", "false")).lower()
        plan = (options.get("WAREHOUSE"), options.get("SCHEDULE"), _after(kept), kept["state"])
        rest = (kept["definition"], options.get("WHEN"), overlaps, None, None, None)
        rows.append((kept["created_on"], kept["name"], kept["name"], *place, *plan, *rest))
    return from_rows(dict.fromkeys(names.split(), "VARCHAR"), rows)


def _after(task: dict[str, Any]) -> str:
    place = f"{task['database']}.{task['schema']}"
    return json.dumps([f"{place}.{name}" for name in predecessors(task)])
