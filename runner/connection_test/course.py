"""The steps in their order, each within its time; what rests on a broken one is not tried."""

import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from contract.connection_test import StepResult, StepStatus
from runner.clock import monotonic_s
from runner.connection_test.asking import Ask, Download
from runner.connection_test.clocks import Clock
from runner.connection_test.network import Dns, RevocationPort, Tcp
from runner.connection_test.signing_in import Settings, SignIn
from runner.connection_test.step import BrokenError, NotTriedError, Step, Trip
from runner.connection_test.storage import Read, Write
from runner.connection_test.tls import Tls

STEPS: tuple[type[Step], ...] = (
    Settings, Dns, Tcp, RevocationPort, Tls, SignIn, Ask, Download, Write, Read, Clock,
)  # fmt: skip
"""In the order in which a report would meet them."""

_LOST = "what it needs is broken: "


def walk(
    trip: Trip, steps: Sequence[type[Step]] = STEPS, clock_s: Callable[[], float] = monotonic_s
) -> Iterator[StepResult]:
    """Try each step and tell how it went, as soon as it did.

    Args:
        trip: what the steps share.
        steps: in their order; a step comes after those that it needs.
        clock_s: monotonic, in seconds.
    """
    went: dict[str, StepStatus] = {}
    for step in steps:
        lost = [name for name in step.needs if went[name] in {StepStatus.BROKEN, StepStatus.NOT_TRIED}]
        if lost:
            result = _result(step, StepStatus.NOT_TRIED, 0.0, _LOST + ", ".join(lost))
        else:
            result = _tried(step, trip, clock_s)
        went[step.name] = result.status
        yield result


@dataclass(slots=True)
class _End:
    """How a step ended in its thread."""

    detail: str | None = None
    error: Exception | None = None


def _tried(step: type[Step], trip: Trip, clock_s: Callable[[], float]) -> StepResult:
    end, begun_s = _End(), clock_s()

    def take() -> None:
        try:
            end.detail = step().take(trip)
        except Exception as error:  # noqa: BLE001 - whatever a step stumbles over is what the test is there to tell
            end.error = error

    # A step that hangs is left behind; the process ends hard when the test is done.
    thread = threading.Thread(target=take, name=f"step-{step.name}", daemon=True)
    thread.start()
    thread.join(step.limit_s)
    seconds = round(clock_s() - begun_s, 3)
    if thread.is_alive():
        return _broken(step, seconds, f"no answer within {step.limit_s:g} s", None)
    match end.error:
        case None:
            return _result(step, StepStatus.OK, seconds, end.detail or "")
        case NotTriedError() as error:
            return _result(step, StepStatus.NOT_TRIED, seconds, str(error))
        case BrokenError() as error:
            return _broken(step, seconds, error.detail, error.remedy)
        case error:
            return _broken(step, seconds, " ".join(f"{type(error).__name__}: {error}".split()), None)


def _broken(step: type[Step], seconds: float, detail: str, remedy: str | None) -> StepResult:
    status = StepStatus.BROKEN if step.vital else StepStatus.WARNING
    return _result(step, status, seconds, detail, remedy or step.remedy)


def _result(step: type[Step], status: StepStatus, seconds: float, detail: str, remedy: str | None = None) -> StepResult:
    return StepResult(name=step.name, title=step.title, status=status, seconds=seconds, detail=detail, remedy=remedy)
