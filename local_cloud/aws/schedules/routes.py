"""The clock of schedules over HTTP: what time it is for them, what comes next, and how it is put forward."""

import json
from datetime import datetime, timedelta
from typing import Any

from local_cloud.aws.schedules.clockwork import Clockwork

SCHEDULES_PATH = "/local-cloud/schedules"
_TAKES = 'POST {"to": "2026-03-02T20:00:00+01:00"} or {"by_s": 3600}, GET what comes next'


def answer(clockwork: Clockwork, environ: dict[str, Any]) -> tuple[str, Any]:
    """Put the clock forward (POST), or only show it (GET).

    Args:
        clockwork: whose clock.
        environ: the request.

    Returns:
        Status and document; after POST its `done` is what was done by it.
    """
    method = environ.get("REQUEST_METHOD")
    if method == "GET":
        return "200 OK", clockwork.document()
    if method != "POST":
        return "405 Method Not Allowed", {"message": _TAKES}
    try:
        asked = json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"{}")
        done = _put_forward(clockwork, asked)
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        return "400 Bad Request", {"message": f"{error}; {_TAKES}"}
    return "200 OK", clockwork.document() | {"done": done}


def _put_forward(clockwork: Clockwork, asked: dict[str, Any]) -> list[dict[str, str]]:
    if set(asked) == {"by_s"}:
        return clockwork.put_forward_by(timedelta(seconds=float(asked["by_s"])))
    if set(asked) != {"to"}:
        raise ValueError("one of the two is needed: to, by_s")
    to = datetime.fromisoformat(str(asked["to"]))
    if to.tzinfo is None:
        raise ValueError(f"{asked['to']} names no offset from UTC")
    return clockwork.put_forward(to)
