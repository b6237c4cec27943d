"""The doorbell: who has written to the intake tells the executor to look, where an integration for it is set up.

It is a hint and nothing more. The request is in the intake whether or not the bell is heard, and the executor finds
it at its next look; so a bell that cannot be rung must not cost the request.
"""

import json
import logging
from typing import Final

from snowflake.snowpark import Session
from snowflake.snowpark.exceptions import SnowparkClientException

from snowpark_procs.statements import run

MESSAGE: Final = json.dumps({"application/json": json.dumps({"doorbell": 1})})
log = logging.getLogger("reporting.doorbell")


def ring(session: Session) -> None:
    """Tell the executor that there may be work; whatever goes wrong is logged and forgotten."""
    try:
        for row in run(session, "bells"):
            if row["doorbell"]:
                run(session, "send_notification", message=MESSAGE, target=json.dumps({row["doorbell"]: {}}))
    except SnowparkClientException as error:
        log.warning("the doorbell was not rung: %s", error)
