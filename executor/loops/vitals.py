"""Looks after the other loops: the heartbeat while all are well, the end of the process when one is dead."""

import structlog

from executor.board import Board
from executor.core.health import Health, judge
from executor.core.metrics import Measure, Metric
from executor.loops.looper import LoopDiedError
from executor.ports import Clock
from executor.pulse import Pulse
from executor.telemetry_ports import Heartbeat, Metrics

METRICS_EVERY_S = 60.0
"""CloudWatch keeps metrics by the minute."""

log = structlog.get_logger()


class Vitals:
    """One look at the ages of all loops."""

    def __init__(
        self, pulse: Pulse, board: Board, clock: Clock, heartbeat: Heartbeat | None, metrics: Metrics | None
    ) -> None:
        """Without ``heartbeat`` or ``metrics`` none is written."""
        self._pulse, self._board, self._clock = pulse, board, clock
        self._heartbeat, self._metrics = heartbeat, metrics
        self._metrics_at_s = clock.monotonic_s() + METRICS_EVERY_S
        self._said: tuple[str, ...] = ()

    async def tick(self) -> None:
        """Judge the loops; write the heartbeat if all are well; write metrics once a minute.

        Raises:
            LoopDiedError: a loop gave no sign of life for so long that it will not come back.
        """
        late_s = self._pulse.late_s()
        verdict = judge(late_s)
        if verdict.late != self._said:
            if verdict.late:
                log.warning("loops are late", action="loops_late", health=verdict.health, loops=list(verdict.late))
            else:
                log.info("every loop is well again", action="loops_well")
            self._said = verdict.late
        now_s = self._clock.monotonic_s()
        if self._metrics is not None and now_s >= self._metrics_at_s:
            self._metrics_at_s = now_s + METRICS_EVERY_S
            self._measure(self._metrics, now_s, late_s)
        if verdict.health is Health.DEAD:
            name = verdict.late[0]
            raise LoopDiedError(f"the {name} loop gave no sign of life for {late_s[name]:.0f} s")
        if self._heartbeat is not None and verdict.health is Health.WELL:
            self._heartbeat.beat(now_s, late_s)

    def _measure(self, metrics: Metrics, now_s: float, late_s: dict[str, float]) -> None:
        metrics.add(Measure(Metric.LEADING, 1 if self._board.leads(now_s) else 0))
        metrics.add(Measure(Metric.RUNNING, len(self._board.to_watch())))
        for name, seconds in late_s.items():
            if seconds > 0:  # a metric is billed by the hour in which it is written
                metrics.add(Measure(Metric.LOOP_AGE, seconds, name))
        metrics.write(self._clock.now())
