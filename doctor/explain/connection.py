"""What a test of the connections says of the network: it was tried from inside, step by step, which settles it."""

import re
from typing import Final

from doctor.evidence.connection import Step, of_lines
from doctor.explain import known
from doctor.explain.facts import Facts
from doctor.explain.theory import Certainty, Theory, Verdict, refuted

_OF_NETWORK: Final = {"dns": "name_not_resolved", "tcp_443": "snowflake_unreachable", "tls": "tls_handshake"}
"""The steps that need nothing but the network, each with the cause where its words are not known."""
_SILENCE: Final = re.compile(
    r"timed? ?out|no answer within|cannot connect|could not connect|unreachable", re.IGNORECASE
)
_SETTLES: Final = "CALL reporting.test_connection()"


def tested(facts: Facts, theory_id: str, title: str) -> Theory | None:
    """The theory of the network by a connection test; None without one."""
    steps = facts.subject.whole.connection or of_lines(
        line.text for log in facts.subject.whole.logs for line in log.lines
    )
    if not steps:
        return None
    broken = next((step for step in steps if step.broken), None)
    passed = [step.name for step in steps if step.status == "ok"]
    if broken is None:
        return refuted(theory_id, title, f"the connection test went through from inside: {_all(steps, passed)}")
    if broken.name in _OF_NETWORK or _SILENCE.search(broken.detail):
        return Theory(
            theory_id, title, Verdict.SUPPORTED, Certainty.LIKELY, _cause(broken),
            (f"the connection test's first broken step is {broken.name}: {broken.detail}",
             *([f"before it went well: {', '.join(passed)}"] if passed else [])),
            settles=_SETTLES, remedy=broken.remedy,
        )  # fmt: skip
    if not set(_OF_NETWORK) & set(passed):
        return None
    return refuted(
        theory_id, title,
        f"the connection test went from inside through {', '.join(passed)}; what it broke at is {broken.name}:"
        f" {broken.detail}",
    )  # fmt: skip


def _all(steps: tuple[Step, ...], passed: list[str]) -> str:
    return steps[0].detail if passed == ["all"] else ", ".join(passed)


def _cause(step: Step) -> str:
    found = known.of_line(step.detail)
    return found.cause_id if found else _OF_NETWORK.get(step.name, "snowflake_unreachable")
