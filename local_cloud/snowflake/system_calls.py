"""SYSTEM$ functions that act or wait, which can be CALLed and SELECTed; and GET_DDL."""

import re
import time
from typing import Any

from local_cloud.snowflake import notifications, stopping
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.argument_binding import read_call
from local_cloud.snowflake.errors import COMPILATION, failure, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.object_ddl import get_ddl
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader

_LOOK_EVERY_S = 0.05


def run(session: Session, sql: str, params: Any) -> Result:
    """CALL SYSTEM$…(literals)."""
    asked = read_call(sql)
    values = iter(params or ())
    arguments = [next(values) if text == "?" else text.strip("'").replace("''", "'") for _, text in asked.arguments]
    answer = value(session, asked.name[0], [str(a) for a in arguments])
    return from_rows({asked.name[0]: "BIGINT" if isinstance(answer, int) else "VARCHAR"}, [(answer,)])


def value(session: Session, name: str, arguments: list[str]) -> Any:
    """The value of a SYSTEM$ function or of GET_DDL.

    Raises:
        ProgrammingError: 000002 for a function that is not known here.
    """
    if name == "SYSTEM$WAIT":
        return _wait(session, arguments)
    if name == "SYSTEM$LAST_CHANGE_COMMIT_TIME":
        return _last_change(session, arguments[0])
    if name == "SYSTEM$SEND_SNOWFLAKE_NOTIFICATION":
        return notifications.send(session, arguments)
    if name == "GET_PRESIGNED_URL":
        return _presigned_url(session, arguments)
    if name == "GET_DDL":
        return get_ddl(session, arguments)
    if name in stopping.FUNCTIONS:
        return stopping.FUNCTIONS[name](session, arguments[0])
    raise not_supported(f"the function {name}")


def _wait(session: Session, arguments: list[str]) -> str:
    unit_s = {"DAYS": 86_400, "HOURS": 3_600, "MINUTES": 60, "SECONDS": 1, "MILLISECONDS": 0.001}
    unit = arguments[1].upper() if len(arguments) > 1 else "SECONDS"
    end_s = time.monotonic() + float(arguments[0]) * unit_s[unit]
    while (left_s := end_s - time.monotonic()) > 0:
        session.refuse_if_stopped()
        time.sleep(min(left_s, _LOOK_EVERY_S))
    return f"waited {arguments[0]} {unit.lower()}"


def _presigned_url(session: Session, arguments: list[str]) -> str:
    from local_cloud.snowflake.stage_commands import presigned_url  # noqa: PLC0415  which run statements, as we serve

    return presigned_url(session, arguments)


def _last_change(session: Session, name: str) -> int:
    database, schema, table = resolve(session, Reader(name).name())
    sql = "SELECT 1 FROM information_schema.tables WHERE table_catalog=? AND upper(table_schema)=? AND table_name=?"
    if not session.engine.execute(sql, [database, schema.upper(), table]).fetchone():
        raise failure(2003, "02000", f"{COMPILATION}Object '{name}' does not exist or not authorized.")
    Guard(session).need_any("TABLE", (database, schema, table))
    return session.server.changes.last_change(f"{database}.{schema}.{table}")


def is_system_function(name: str) -> bool:
    """Whether a function name is Snowflake's own SYSTEM$ kind."""
    return re.match(r"SYSTEM\$\w+$", name, re.IGNORECASE) is not None
