"""The executor under measurement: ``run`` as a service starts it, and a thread that writes down what it costs.

With ``--queue`` the store is the stub's, over its socket; without, it is Snowflake through the real connector. Its log
goes to standard output, as always.
"""

import argparse
import json
import os
import resource
import sys
import threading
import time
from pathlib import Path

from benchmarks.executor.queue_client import QueueClient
from executor.cli.foreground import start
from executor.cli.left_out import left_out, unneeded

with left_out(unneeded(os.environ, pretty=False)):  # as the command does before it imports the same
    import executor.cli.serving  # noqa: F401 - before the first sample
    from executor import wiring

SAMPLE_EVERY_S = 1.0


def memory_mb() -> tuple[float, float]:
    """What of this process is resident, and how much of that is not pages of files, in MB.

    Where there is no /proc, the most that was ever resident, twice.
    """
    statm = Path("/proc/self/statm")
    if statm.exists():
        _, resident, of_files = (int(pages) for pages in statm.read_text(encoding="ascii").split()[:3])
        page_mb = resource.getpagesize() / 1e6
        return resident * page_mb, (resident - of_files) * page_mb
    most_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
    return most_mb, most_mb


def _sample(path: Path, stop: threading.Event) -> None:
    with path.open("w", encoding="utf-8") as file:
        while True:
            rss_mb, own_mb = memory_mb()
            sample = {"at_s": time.monotonic(), "cpu_s": time.process_time(), "rss_mb": rss_mb, "own_mb": own_mb}
            file.write(json.dumps(sample) + "\n")
            file.flush()
            if stop.wait(SAMPLE_EVERY_S):
                return


def main() -> None:
    """Run until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queue", help="the socket of the queue stub")
    parser.add_argument("--samples", type=Path, required=True, help="where what it costs is written, a line a second")
    given = parser.parse_args()
    stop = threading.Event()
    sampler = threading.Thread(target=_sample, args=(given.samples, stop), daemon=True)
    sampler.start()
    if given.queue:
        queue = QueueClient(given.queue)
        vars(wiring)["SnowflakeStore"] = lambda *_values, **_named: queue  # in its place
    start(check=False, pretty=False, drains=False)
    stop.set()
    sampler.join()


if __name__ == "__main__":
    main()
