"""What a check really looks at, in one clause."""

from collections.abc import Iterable
from typing import Literal

from doctor.health_checks.worlds import Event

_CLAUSES = {
    "asks_http": "whether {about}{more} of this container answers",
    "asks_port": "whether something listens on port {about}",
    "asks_client": "whether the server answers `{about}`",
    "looks_for_process": "whether some process's command line holds `{about}`",
    "asks_pid1": "whether process 1 exists",
    "asks_file": "the file {about}",
    "asks_code": "what its own code finds",
    "asks": "what `{about}` says",
    "tests_dependency": "whether `{about}` answers, which is not this container",
    "only_installed": "whether `{about}` is installed",
}


def measured(events: Iterable[Event], *, passes: bool | Literal["depends"], fails: bool) -> str:
    """The clause for what was seen in the plays."""
    found = sorted({e for e in events if e.kind in _CLAUSES}, key=lambda e: (list(_CLAUSES).index(e.kind), e.about))
    clauses = list(dict.fromkeys(_clause(event) for event in found))
    looks = " and ".join(clauses[:3])
    if passes is False:
        return (
            f"nothing, because it cannot pass; it means to look at {looks}"
            if looks
            else "nothing, because it cannot pass"
        )
    if not fails:
        return (
            f"nothing: it passes whatever it finds when it looks at {looks}" if looks else "nothing: it always passes"
        )
    return looks or "what its exit status depends on is not known here"


def _clause(event: Event) -> str:
    more = f" at {event.more}" if event.kind == "asks_http" and event.more else ""
    return _CLAUSES[event.kind].format(about=event.about, more=more)
