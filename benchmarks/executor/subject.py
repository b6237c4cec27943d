"""The executor under measurement: the real one, wired as in production, and a thread that writes down what it costs.

With ``--queue`` the store is the stub's, over its socket; without, it is Snowflake through the real connector. Its log
goes to standard output, as always.
"""

import argparse
import asyncio
import json
import resource
import signal
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

from benchmarks.executor.queue_stub import QueueClient
from executor import wiring
from executor.adapters.telemetry import configure_logging
from executor.settings import ExecutorSettings, ObjectNames, SnowflakeSettings, load

SAMPLE_EVERY_S = 1.0


def rss_mb() -> float:
    """Resident memory of this process in MB; where there is no /proc, the most that it ever had."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize() / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def _sample(path: Path, stop: threading.Event) -> None:
    with path.open("w", encoding="utf-8") as file:
        while True:
            sample = {"at_s": time.monotonic(), "cpu_s": time.process_time(), "rss_mb": rss_mb()}
            file.write(json.dumps(sample) + "\n")
            file.flush()
            if stop.wait(SAMPLE_EVERY_S):
                return


async def _serve() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    settings = load(ExecutorSettings, ObjectNames, SnowflakeSettings)
    async with wiring.service(*settings) as service:
        await service.run(stop)


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queue", help="the socket of the queue stub")
    parser.add_argument("--samples", type=Path, required=True, help="where what it costs is written, a line a second")
    given = parser.parse_args()
    configure_logging()
    stop = threading.Event()
    sampler = threading.Thread(target=_sample, args=(given.samples, stop), daemon=True)
    sampler.start()
    with ExitStack() as stack:
        if given.queue:
            queue = QueueClient(given.queue)
            stack.enter_context(patch.object(wiring, "SnowflakeStore", lambda *_values, **_named: queue))
        asyncio.run(_serve())
    stop.set()
    sampler.join()


if __name__ == "__main__":
    main()
