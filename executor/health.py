"""``python -m executor.health FILE [SECONDS]``: whether the executor that writes this heartbeat is well.

For the health check of a container, in its form without a shell: ``["CMD", "python", "-m", "executor.health",
"/tmp/heartbeat"]``. It imports next to nothing, because it is started every few seconds.
"""

import json
import sys
import time
from typing import Final

MAX_AGE_S: Final = 60.0
"""The heartbeat comes every few seconds while every loop is well; older than this, one is not."""


def fault(path: str, max_age_s: float, now_s: float) -> str | None:
    """What is wrong with the heartbeat in that file, or None.

    Args:
        path: the file that ``REPORTING_HEARTBEAT_FILE`` names.
        max_age_s: how old the heartbeat may be.
        now_s: the present, by the monotonic clock, which all processes of a machine share.
    """
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123 - pathlib takes as long to import as all the rest
            age_s = now_s - float(json.load(file)["monotonic_s"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"{path}: no heartbeat: {error}"
    if age_s < 0:
        return f"{path}: the heartbeat was written before this machine was started"
    return f"{path}: the heartbeat is {age_s:.0f} s old, more than {max_age_s:.0f} s" if age_s > max_age_s else None


def main() -> None:
    """Exit 0 when the heartbeat is young enough, 1 with the reason when it is not, 2 when called wrongly."""
    try:
        path, max_age_s = sys.argv[1], float(sys.argv[2]) if len(sys.argv) > 2 else MAX_AGE_S
    except (IndexError, ValueError):
        sys.stderr.write("usage: python -m executor.health FILE [SECONDS]\n")
        sys.exit(2)
    wrong = fault(path, max_age_s, time.monotonic())
    if wrong is not None:
        sys.stderr.write(f"{wrong}\n")
        sys.exit(1)


if __name__ == "__main__":
    main()
