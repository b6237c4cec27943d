"""Memory that is freed goes back to the system, and cycles are looked for when there can be some."""

import subprocess
import sys
from pathlib import Path

from runner.memory import give_back_what_is_freed

# Blocks of 8 MiB come and go beside small ones that stay; what is resident after the last is freed is said in MiB.
PROGRAM = """
import re, sys
from pathlib import Path
from runner.memory import give_back_what_is_freed
if sys.argv[1] == "given back":
    give_back_what_is_freed()
def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
before, small = resident(), []
for _ in range(4):
    large = [bytearray(8 << 20) for _ in range(8)]
    for block in large:
        block[::4096] = b"x" * (len(block) // 4096)
        small.append(bytearray(4096))
    del large, block
print(resident() - before)
"""


def test_large_blocks_do_not_stay_resident_after_they_are_freed() -> None:
    if not Path("/proc/self/status").exists():  # another allocator: nothing is to be done, and nothing breaks
        give_back_what_is_freed()
        return
    done = subprocess.run([sys.executable, "-c", PROGRAM, "given back"], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 8


STARTED = """
import gc
from runner.memory import collect_from_here, load_without_collecting
load_without_collecting()
print(gc.isenabled())
collect_from_here()
print(gc.isenabled(), gc.get_freeze_count() > 1000)
"""


def test_cycles_are_not_looked_for_while_modules_are_loaded_and_afterwards_only_among_what_is_new() -> None:
    done = subprocess.run([sys.executable, "-c", STARTED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "True", "True"]
