"""Container health checks: the definition's command, run in the container's own environment.

A failure counts once the start period is over or a check has succeeded; as many in a row as `retries` make
the container UNHEALTHY, one success makes it HEALTHY. Source: HealthCheck in the ECS API reference, and the
developer guide's page on container health checks.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from local_cloud.aws.fargate.processes import Command, Process, ProcessHost, SpawnRefusedError


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """A health check as a container definition has it."""

    argv: tuple[str, ...]
    interval_s: float
    timeout_s: float
    retries: int
    start_period_s: float


def health_check(definition: Mapping[str, Any], time_scale: float = 1.0) -> HealthCheck | None:
    """Read a container's health check, None when it has none; the time-out of one check is never scaled."""
    check = definition.get("healthCheck") or {}
    command = list(check.get("command") or [])
    if not command or command[0] == "NONE":
        return None
    shell = command[0] == "CMD-SHELL" or (command[0] != "CMD" and len(command) == 1)
    words = command[1:] if command[0] in {"CMD", "CMD-SHELL"} else command
    return HealthCheck(
        argv=("/bin/sh", "-c", " ".join(words)) if shell else tuple(words),
        interval_s=float(check.get("interval") or 30) * time_scale,
        timeout_s=float(check.get("timeout") or 5),
        retries=int(check.get("retries") or 3),
        start_period_s=float(check.get("startPeriod") or 0) * time_scale,
    )


class Verdict:
    """What a container's checks amount to so far."""

    def __init__(self, check: HealthCheck, started_s: float) -> None:
        self.status = "UNKNOWN"
        self._check = check
        self._counts_from_s = started_s + check.start_period_s
        self._failures = 0

    def take(self, *, healthy: bool, now_s: float) -> str:
        """Take one check's result; answers with the container's health status."""
        if healthy:
            self.status, self._failures = "HEALTHY", 0
        elif self.status == "HEALTHY" or now_s >= self._counts_from_s:
            self._failures += 1
            if self._failures >= self._check.retries:
                self.status = "UNHEALTHY"
        return self.status


class HealthWatch(threading.Thread):
    """Checks one container until it ends.

    Args:
        check: what to run and when.
        around: the container's own command, for its environment and folder.
        container: the container's process.
        host: where the check runs.
        tell: told each change of the health status.
    """

    def __init__(
        self, check: HealthCheck, around: Command, container: Process, host: ProcessHost, tell: Callable[[str], None]
    ) -> None:
        super().__init__(name="health-check", daemon=True)
        self._check = check
        self._command = replace(around, argv=check.argv)
        self._container = container
        self._host = host
        self._tell = tell

    def run(self) -> None:
        """Check, wait, and check again."""
        verdict = Verdict(self._check, time.monotonic())
        while self._container.wait(self._check.interval_s) is None:
            before = verdict.status
            healthy = self._passes()
            if self._container.exit_code is None and verdict.take(healthy=healthy, now_s=time.monotonic()) != before:
                self._tell(verdict.status)

    def _passes(self) -> bool:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        try:
            process = self._host.spawn(self._command, nowhere, lambda: None)
        except SpawnRefusedError:
            return False
        code = process.wait(self._check.timeout_s)
        if code is None:
            process.signal(signal.SIGKILL)
        return code == 0


def task_health(statuses: Mapping[str, str]) -> str:
    """Answer with a task's health by that of its essential containers with a check."""
    if "UNHEALTHY" in statuses.values():
        return "UNHEALTHY"
    return "HEALTHY" if statuses and set(statuses.values()) == {"HEALTHY"} else "UNKNOWN"
