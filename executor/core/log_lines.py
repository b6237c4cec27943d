"""The end of a container's log as people read it: our own container writes one JSON object for each line.

Another program's JSON stays as it is: what it says beside its sentence is nowhere else.
"""

import json
from typing import Any


def readable(tail: str) -> str:
    """Lines of JSON as time, level and sentence, with a traceback where there is one; other lines as they are.

    Args:
        tail: the last lines that a container wrote, by any program.
    """
    return "\n".join(_line(line) for line in tail.splitlines())


def _line(line: str) -> str:
    told = _object(line)
    message = told.get("message")
    if not isinstance(message, str) or not isinstance(told.get("action"), str):
        return line
    at, level, trace = told.get("ts"), told.get("level"), told.get("traceback")
    head = [at[11:19]] if isinstance(at, str) and len(at) > 18 else []
    head += [level] if isinstance(level, str) and level != "info" else []
    said = " ".join([*head, message])
    return f"{said}\n{trace.rstrip()}" if isinstance(trace, str) else said


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line) if line.startswith("{") else None
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
