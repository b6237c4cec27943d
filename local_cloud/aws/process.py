"""A local AWS as a child process, for whoever needs one: a demo, a test run."""

import json
import selectors
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Self

READY_WITHIN_S = 20.0
ENDS_WITHIN_S = 5.0


class DidNotStartError(Exception):
    """The local AWS ended, or said nothing, before it was ready."""


class LocalAwsProcess:
    """Starts a local AWS; it ends with the `with` block, and with this process in any case.

    Args:
        data_dir: folder for objects and logs.
        images_file: JSON file of image names and their local entry points.
        port: TCP port; 0 takes a free one.
        start_delay_s: time a task spends before RUNNING.
        stopped_retention_s: how long a STOPPED task can still be described.
        visible_after_s: how long after its launch a task cannot be described yet.
        throttle: `aws` for AWS's rates, `off` for none.
        time_scale: seconds that one second of ECS's own timers takes.
    """

    def __init__(
        self,
        data_dir: Path,
        images_file: Path,
        *,
        port: int = 0,
        start_delay_s: float = 0.2,
        stopped_retention_s: float = 3600.0,
        visible_after_s: float = 0.0,
        throttle: str = "off",
        time_scale: float = 1.0,
    ) -> None:
        settings = {
            "--data-dir": data_dir,
            "--images": images_file,
            "--port": port,
            "--start-delay-s": start_delay_s,
            "--stopped-retention-s": stopped_retention_s,
            "--visible-after-s": visible_after_s,
            "--throttle": throttle,
            "--time-scale": time_scale,
        }
        arguments = [str(word) for pair in settings.items() for word in pair]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own module
            [sys.executable, "-m", "local_cloud.aws", *arguments, "--die-with-parent"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        self.endpoint = self._await_ready()

    def stop(self) -> int:
        """End the server and its tasks; answers with its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            if self.process.stdout:
                self.process.stdout.close()

    def __enter__(self) -> Self:
        """Answer with the running server."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the server."""
        self.stop()

    def _await_ready(self) -> str:
        output = self.process.stdout
        line = _first_line(output, time.monotonic() + READY_WITHIN_S) if output else b""
        if not line:
            self.stop()
            raise DidNotStartError(
                f"the local AWS was not ready within {READY_WITHIN_S:.0f} s; what it wrote to standard error says why"
            )
        return str(json.loads(line)["endpoint"])


def _first_line(output: IO[bytes], deadline: float) -> bytes:
    with selectors.DefaultSelector() as selector:
        selector.register(output, selectors.EVENT_READ)
        ready = selector.select(max(0.0, deadline - time.monotonic()))
    return output.readline() if ready else b""
