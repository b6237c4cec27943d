"""What happens to one task because it was ordered, in the words and with the codes of ECS.

Sources: the ECS developer guide's pages on stopped tasks and Spot, and texts quoted in public bug reports.
"""

import signal
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace

from local_cloud.aws.fargate.processes import Command, Process
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.start_failures import StartFailedError
from local_cloud.aws.faults.orders import Fault

SPOT_INTERRUPTED = "Your Spot Task was interrupted."
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
START_TEXTS = {
    "eni": "Timeout waiting for network interface provisioning to complete.",
    "pull": (
        "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
        "docker.io/x/y:2: failed to do request: Head "
        '"https://registry-1.docker.io/v2/x/y/manifests/2": dial tcp 34.205.13.154:443: i/o timeout'
    ),
    "secrets": (
        "ResourceInitializationError: unable to pull secrets or registry auth: The task can’t pull secrets from "  # noqa: RUF001 - ECS writes this apostrophe
        "AWS Secrets Manager. There is a connection issue between the task and Secrets Manager. Check your task "
        "network configuration."
    ),
}
EXITS_WITH = "import os, sys, time; time.sleep(float(sys.argv[1])); os._exit(int(sys.argv[2]))"


class Mishap:
    """What a task was ordered to suffer; without an order it suffers nothing.

    Args:
        fault: the order, None for a task that is left alone.
    """

    def __init__(self, fault: Fault | None) -> None:
        self._fault = fault
        self._kind = fault.kind if fault else ""

    @property
    def swallows_sigterm(self) -> bool:
        """Whether SIGTERM does nothing to the task's programs."""
        return self._kind == "ignores_sigterm"

    @property
    def start_delay_s(self) -> float:
        """How much longer the task takes to start."""
        return self._fault.seconds if self._fault and self._kind == "slow_start" else 0.0

    def fail_at(self, step: str, container: str | None = None) -> None:
        """Fail at one step of the start, when that was ordered.

        Raises:
            StartFailedError: with the text of ECS.
        """
        if self._fault and self._kind == step:
            raise StartFailedError(self._fault.text or START_TEXTS[step], container)

    def instead_of(self, command: Command) -> Command:
        """Answer with what is run: the command itself, or a program that only ends as ordered."""
        if self._fault is None or self._kind != "exit":
            return command
        words = [str(self._fault.after_s), str(self._fault.code)]
        return replace(command, argv=[sys.executable, "-I", "-S", "-c", EXITS_WITH, *words])

    def strike(
        self, record: TaskRecord, processes: Sequence[tuple[str, Process]], stop: Callable[[str, str], None]
    ) -> None:
        """Do to a running task what was ordered, at once or after its time; returns at once."""
        if self._fault is None or self._kind not in {"oom", "spot", "hang", "vanish"}:
            return
        fault = self._fault

        def happen() -> None:
            if self._kind != "vanish" and all(process.exit_code is not None for _, process in processes):
                return  # it ended before its time to be struck
            if self._kind == "spot":
                stop("SpotInterruption", fault.text or SPOT_INTERRUPTED)
            elif self._kind == "vanish":
                record.vanished = True
            elif self._kind == "oom":
                record.change_container(processes[0][0], reason=fault.text or OUT_OF_MEMORY)
            for _, process in processes if self._kind != "spot" else ():
                process.signal(signal.SIGSTOP if self._kind == "hang" else signal.SIGKILL)

        if not fault.after_s:
            happen()
            return
        timer = threading.Timer(fault.after_s, happen)
        timer.daemon = True
        timer.start()
