"""Peak memory is the process's own, whoever started it."""

import json
import subprocess
import sys

MEASURE = (
    "import json; from runner.usage import usage_so_far; u = usage_so_far(); print(json.dumps([u.peak_memory_mb]))"
)


def peak_mb_of_a_small_process() -> float:
    said = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True, check=True).stdout
    return float(json.loads(said)[0])


def test_what_the_parent_held_is_not_counted() -> None:
    before_mb = peak_mb_of_a_small_process()
    ballast = bytearray(200 * 1024 * 1024)
    ballast[:] = b"x" * len(ballast)
    assert peak_mb_of_a_small_process() < before_mb + 50
