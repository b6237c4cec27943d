"""The parts of the doctor's page that the checks themselves say: ``python -m tests.house.doctor_page`` writes them."""

import json
import re
from pathlib import Path
from typing import Final

from doctor.checks.every import EVERY
from tests.house import tree

PAGE: Final = Path("docs/reference/doctor.md")
_ROWS: Final = re.compile(r"(?:^\| `\w+` \| (?:error|warning) \| .*\|\n)+", re.MULTILINE)
_POLICY: Final = re.compile(r"(?<=```json\n).*?(?=\n```)", re.DOTALL)
_RIGHT: Final = re.compile(r"^[a-z0-9-]+:[A-Z]\w+$")


def page(text: str) -> str:
    """The page with the rows of all checks and the policy that lets them look."""
    told = (
        (f"`{check.id}`", check.severity.value, f"{check.question}. {check.theory}", ", ".join(check.reads) or "-")
        for check in EVERY
    )
    rows = "".join(f"| {' | '.join(row)} |\n" for row in told)
    return _POLICY.sub(lambda _: policy(), _ROWS.sub(lambda _: rows, text, count=1), count=1)


def policy() -> str:
    """What a role of IAM needs so that no check could not look."""
    services: dict[str, list[str]] = {}
    for right in sorted({right for check in EVERY for right in check.reads if _RIGHT.match(right)}):
        services.setdefault(right.partition(":")[0], []).append(json.dumps(right))
    actions = ",\n".join(f"  {', '.join(rights)}" for rights in services.values())
    head = '{"Version": "2012-10-17", "Statement": [{"Sid": "Look", "Effect": "Allow", "Resource": "*", "Action": ['
    return f"{head}\n{actions}\n]}}]}}"


if __name__ == "__main__":
    (tree.ROOT / PAGE).write_text(page(tree.text(PAGE)), encoding="utf-8")
