"""Many requests at once: all are checked, every wrong element is named, and all are enqueued by one INSERT or none."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from snowflake.snowpark import Session

from contract.refusal import Problem, RefusedError, refuse, shown
from contract.request import RunRequest
from snowpark_procs import enqueue
from snowpark_procs.report_types import ReportType, all_types, choose, dropped_types
from snowpark_procs.statements import run

MAX_REQUESTS: Final = 10_000
MAX_PROBLEMS: Final = 20
"""How many problems one refusal tells in full; of the elements after them it tells their places."""
MAX_RANGES: Final = 200

_KEYS: Final = ("report_type", "params", "options")


def generate_reports(session: Session, requests: object) -> dict[str, Any]:
    """Ask for many reports.

    Args:
        session: the caller's session.
        requests: a list of ``{report_type, params, options}``; the last two may be left out.

    Raises:
        RefusedError: naming each element that is wrong; nothing is enqueued.
    """
    items = _elements(requests)
    types = {report.name: report for report in all_types(session)}
    dropped = cache(lambda: dropped_types(session))
    today = enqueue.now(session).date()
    checked: list[RunRequest] = []
    wrong: dict[int, list[Problem]] = {}
    for place, item in enumerate(items):
        try:
            checked.append(_checked(types, dropped, item, today))
        except RefusedError as refused:
            wrong[place] = [Problem(f"requests[{place}].{found.field}", found.says) for found in refused.problems]
    if wrong:
        raise RefusedError(_told(wrong))
    answers, fresh = _without_duplicates(session, checked)
    enqueue.insert(session, fresh)
    return {"requests": len(items), "enqueued": len(fresh), "jobs": answers}


def _elements(requests: object) -> Sequence[object]:
    if getattr(requests, "is_sql_null", False) or not isinstance(requests, Sequence) or isinstance(requests, str):
        raise refuse("requests", f"{shown(requests)} is not a list of {{'report_type': …, 'params': …, 'options': …}}")
    if not 1 <= len(requests) <= MAX_REQUESTS:
        raise refuse("requests", f"are {len(requests)}; one CALL takes 1 to {MAX_REQUESTS}")
    return requests


def _checked(
    types: Mapping[str, ReportType], dropped: Callable[[], Mapping[str, str]], item: object, today: date
) -> RunRequest:
    if not isinstance(item, Mapping):
        raise refuse("report_type", f"is missing; {shown(item)} is not an object")
    if unknown := sorted(str(key) for key in item if key not in _KEYS):
        raise RefusedError([Problem(key, f"is not known; known are {', '.join(_KEYS)}") for key in unknown])
    report = choose(types, item.get("report_type"), dropped)
    return enqueue.adhoc_request(report, item.get("params"), item.get("options"), today, source="generate_reports")


def _told(wrong: Mapping[int, list[Problem]]) -> list[Problem]:
    told: list[Problem] = []
    rest: list[int] = []
    for place, problems in wrong.items():
        if rest or (told and len(told) + len(problems) > MAX_PROBLEMS):
            rest.append(place)
        else:
            told += problems
    return [*told, Problem("requests", f"{len(rest)} more are wrong: {_places(rest)}")] if rest else told


def _places(places: Sequence[int]) -> str:
    """The places in their order, neighbours as ranges, cut where nobody would read on."""
    ranges: list[list[int]] = []
    for place in places:
        if ranges and place == ranges[-1][-1] + 1:
            ranges[-1] = [ranges[-1][0], place]
        else:
            ranges.append([place])
    said = ", ".join(" to ".join(f"[{end}]" for end in one) for one in ranges[:MAX_RANGES])
    return said + (" and others" if len(ranges) > MAX_RANGES else "")


def _without_duplicates(
    session: Session, requests: Sequence[RunRequest]
) -> tuple[list[dict[str, Any]], list[RunRequest]]:
    keys = sorted({request.dedupe_key for request in requests if request.dedupe_key is not None})
    rows = run(session, "open_jobs_of_keys", dedupe_keys=json.dumps(keys)) if keys else []
    taken = {row["dedupe_key"]: (row["job_id"], row["status"]) for row in rows}
    answers, fresh = [], []
    for request in requests:
        known = taken.get(request.dedupe_key) if request.dedupe_key is not None else None
        if known is None:
            fresh.append(request)
            answer = enqueue.answer(request)
            if request.dedupe_key is not None:
                taken[request.dedupe_key] = (request.job_id, answer["status"])
        else:
            answer = {"job_id": known[0], "status": known[1], "duplicate_of": known[0]}
        answers.append({"report_type": request.report_type, **answer})
    return answers, fresh
