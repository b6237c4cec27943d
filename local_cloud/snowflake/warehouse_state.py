"""Warehouses that are suspended and resumed by hand."""

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.session import Session


def suspend_or_resume(session: Session, name: str, how: str) -> None:
    """Do what ALTER WAREHOUSE asks for: `how` is SUSPEND, RESUME or RESUME IF SUSPENDED.

    Raises:
        ProgrammingError: 090064 and 090063 when the warehouse is suspended, or runs, already.
    """
    meter = session.server.meter
    if session.server.catalog.get("WAREHOUSE", ("", ""), name) is None:  # ALTER WAREHOUSE IF EXISTS
        return
    is_awake = meter.is_awake(name)
    if how == "SUSPEND" and not is_awake:  # the text is the field's, the numbers are from memory
        raise failure(90064, "22000", f"Invalid state. Warehouse '{name}' cannot be suspended.")
    if how == "RESUME" and is_awake:
        raise failure(90063, "22000", f"Invalid state. Warehouse '{name}' cannot be resumed.")
    if how == "SUSPEND":
        meter.sleep(name)
    elif not is_awake:
        meter.wake(name)
