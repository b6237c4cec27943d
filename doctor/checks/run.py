"""Runs checks side by side, each with a time limit of its own."""

import queue
import threading
import time
from collections.abc import Callable, Sequence

from doctor.checks.frame import Check, Fault, Result, Severity, State
from doctor.checks.place import SIGN_IN, CannotLookError, NotAskedError, Place, RefusedError


def run(
    checks: Sequence[Check],
    place: Place,
    *,
    limit_s: float = 10.0,
    progress: Callable[[Result], None] = lambda _: None,
) -> list[Result]:
    """The results, in the order of the checks.

    Args:
        checks: What to ask.
        place: Where.
        limit_s: Seconds for each; a check that takes longer could not look, and is left behind.
        progress: Told each result as it comes.
    """
    ended: queue.Queue[Result] = queue.Queue()
    for check in checks:
        # A daemon: a call that hangs keeps neither the others nor the process from ending.
        threading.Thread(target=lambda one=check: ended.put(result(one, place)), daemon=True).start()
    found: dict[str, Result] = {}
    until = time.monotonic() + limit_s
    while len(found) < len(checks):
        try:
            one = ended.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            break
        found[one.id] = one
        progress(one)
    for check in checks:
        if check.id not in found:
            says = f"no answer within {limit_s:g} s; try again, or look whether the network lets this machine through"
            found[check.id] = Result(check.id, check.question, State.COULD_NOT_LOOK, (), says, limit_s)
            progress(found[check.id])
    return [found[check.id] for check in checks]


def result(check: Check, place: Place) -> Result:
    """One check's result; an error in it is one of its own, and never a pass."""
    began = time.monotonic()
    faults: list[Fault] = []
    try:
        faults = check.look(place)
        state, says = _state(check, faults), ""
    except NotAskedError as error:
        state, says = State.NOT_ASKED, str(error)
    except RefusedError as error:
        signed_out = "nobody is signed in; see the check sign_in"
        state, says = State.COULD_NOT_LOOK, signed_out if error.code == SIGN_IN else str(error)
    except CannotLookError as error:
        state, says = State.COULD_NOT_LOOK, str(error)
    except Exception as error:  # noqa: BLE001 - one check that breaks must not take the others along
        state, says = State.COULD_NOT_LOOK, f"{type(error).__name__}: {error}"
    return Result(check.id, check.question, state, tuple(faults), says, time.monotonic() - began)


def _state(check: Check, faults: Sequence[Fault]) -> State:
    if not faults:
        return State.WELL
    grave = any((fault.severity or check.severity) is Severity.ERROR for fault in faults)
    return State.FAILED if grave else State.WARNED
