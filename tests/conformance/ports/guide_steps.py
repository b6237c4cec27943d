"""A how-to guide as steps, and the steps as one script of ``snow sql``.

What a CALL answers with is shown as JSON below it. An id that is shown stands for the real one from then on: the script
keeps the real one in a session variable. ``<!-- meanwhile: JOB STATUS -->`` is what the executor does.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

_STEP: Final = re.compile(r"^```(sql|json)\n(.*?)^```$|^<!-- meanwhile: (\S+) (\w+) -->$", re.DOTALL | re.MULTILINE)
_CALL: Final = re.compile(r"\bCALL (?:\w+\.)*(\w+)\(")
_ROLE: Final = re.compile(r"\bUSE ROLE (\w+);")
IDS: Final = frozenset({"job_id", "duplicate_of", "retry_of"})
ADMINISTRATOR: Final = "accountadmin"


@dataclass
class Guide:
    """The steps of one guide."""

    name: str
    steps: list[tuple[str, str, str, str]]
    _ids: dict[str, str] = field(default_factory=dict)

    def script(self) -> str:
        """Everything that the guide says, as one reader would type it; before each step stands its number."""
        role, lines = ADMINISTRATOR, [f"USE ROLE {ADMINISTRATOR};"]
        for number, (kind, text, job_id, status) in enumerate(self.steps):
            lines.append(f"SELECT '{self.name}' AS guide, {number} AS step;")
            if kind == "sql":
                lines.append(self._with_real_ids(text))
                role = [role, *_ROLE.findall(text)][-1]
                lines += self._kept_ids(number)
            elif kind != "json":
                lines.append(_ended(self._ids[job_id], status, role))
        return "\n".join(lines)

    def shown(self) -> Iterator[tuple[int, Any]]:
        """Numbers of the steps whose answer the guide shows, each with what it shows."""
        for number, (kind, text, *_) in enumerate(self.steps):
            if kind == "json":
                yield number - 1, json.loads(text)

    def _with_real_ids(self, text: str) -> str:
        for shown, variable in self._ids.items():
            text = text.replace(f"'{shown}'", f"${variable}")
        return text

    def _kept_ids(self, number: int) -> Iterator[str]:
        answer = dict(self.shown()).get(number)
        procedure = _CALL.findall(self.steps[number][1])[-1:]
        last = "LAST_QUERY_ID()"
        for path, shown in _ids(answer):
            if shown not in self._ids:
                self._ids[shown] = f"id_{len(self._ids)}"
                found = f"SELECT PARSE_JSON({procedure[0]}):{path}::STRING FROM TABLE(RESULT_SCAN({last}))"
                yield f"SET {self._ids[shown]} = ({found});"
                last = "LAST_QUERY_ID(-2)"


def read(name: str, text: str) -> Guide:
    """The guide of that name."""
    return Guide(name, _STEP.findall(text))


def _ids(shown: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(shown, dict):
        for key, value in shown.items():
            if key in IDS and value is not None:
                yield f"{path}{key}", value
            else:
                yield from _ids(value, f"{path}{key}:")
    elif isinstance(shown, list) and shown:
        yield from _ids(shown[0], f"{path.removesuffix(':')}[0]:")  # the first is shown for all


def _ended(variable: str, status: str, role: str) -> str:
    return (
        f"USE ROLE {ADMINISTRATOR};\n"
        "INSERT INTO reporting.job_state (request_id, job_id, status, fence, attempt, finished_at) "
        f"SELECT request_id, job_id, '{status}', 7, 1, SYSDATE() FROM reporting.job_intake "
        f"WHERE kind = 'RUN' AND job_id = ${variable};\n"
        f"USE ROLE {role};"
    )
