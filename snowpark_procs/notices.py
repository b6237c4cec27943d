"""One message to the operators for all that went wrong since the last: each failed job and late report once.

A report is late for them as soon as it can be foreseen, and is told of as such once.

The message goes first and is remembered after. Where Snowflake fails in between it goes again; told twice is better
than never.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from snowflake.snowpark import Session

from contract.refusal import refuse
from snowpark_procs.statements import insert_with_patience, run

DAYS: Final = 3
"""What is older is no news: a task that was suspended for weeks begins with the last days."""
MOST: Final = 500
"""Told by one CALL; what is more waits for the next."""
SHOWN: Final = 30
"""Told with cause and remedy; the message of the rest says how many they are and where they stand."""


def notify_operators(session: Session) -> dict[str, Any]:
    """Tell operators what failed, is late or will be, and was not told yet.

    Raises:
        RefusedError: no notification integration is set up for it.
    """
    settings = run(session, "bells")
    integration = settings[0]["operators"] if settings else None
    if not integration:
        raise refuse(
            "operators", "are told nothing; set REPORTING_OPERATORS_INTEGRATION, run reporting deploy snowflake"
        )
    rows = run(session, "untold", days=DAYS, most=MOST)
    if not rows:
        return {"told": 0, "jobs": []}
    message, target = _message(rows, by_mail=bool(settings[0]["operators_by_mail"]))
    run(session, "send_notification", message=json.dumps(message), target=json.dumps({integration: target}))
    told = [{"kind": row["kind"], "job_id": row["job_id"]} for row in rows]
    insert_with_patience(session, "insert_notices", told=json.dumps(told))
    return {"told": len(told), "jobs": told}


def _message(rows: Sequence[Mapping[str, Any]], *, by_mail: bool) -> tuple[dict[str, str], dict[str, Any]]:
    subject = _subject(rows)
    if by_mail:
        return {"text/plain": subject + "\n\n" + _text(rows)}, {"subject": subject}
    # SNS takes no subject from Snowflake; who listens finds the parts by their keys.
    return {"application/json": json.dumps({"subject": subject, "text": _text(rows)})}, {}


def _subject(rows: Sequence[Mapping[str, Any]]) -> str:
    counts = Counter(row["what"].removeprefix("is ") for row in rows)
    return "Reports: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    lines = [_line(row) for row in rows[:SHOWN]]
    if len(rows) > SHOWN:
        lines.append(f"{len(rows) - SHOWN} more; the views failures and punctuality show them.")
    return "\n\n".join(lines)


def _line(row: Mapping[str, Any]) -> str:
    of = f" of {row['business_date']}" if row["business_date"] else ""
    what = f"{row['report_type']}{of} {row['what']} (job {row['job_id']}, {row['since']:%Y-%m-%d %H:%M} UTC)"
    told = [("cause", row["cause"]), ("error", row["error"]), ("what to do", row["remedy"])]
    return "\n".join([what, *(f"  {heading}: {text}" for heading, text in told if text)])
