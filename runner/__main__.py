"""``python -m runner``: the container's command."""

import os
import sys
from contextlib import suppress

from runner.memory import give_back_what_is_freed, load_without_collecting

if __name__ == "__main__":
    give_back_what_is_freed()
    load_without_collecting()

    from runner.process import run_process
    from runner.settings import process_environment

    code = run_process(process_environment(), sys.stdout)
    # Nobody may be left to read the log; how the run ended is said by its exit code.
    with suppress(OSError):
        sys.stdout.flush()
    # A thread that hangs in a driver must not keep the process; all that matters is written by now.
    os._exit(code)
