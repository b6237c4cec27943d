"""How many heaps the threads of one process take memory from, counted by the allocator itself."""

import platform
import subprocess
import sys

from local_cloud.allocator import share_few_arenas

THREADS = 8
# Each thread asks for memory while the others are alive; malloc_info then tells of every heap.
PROGRAM = f"""
import ctypes, sys, threading
from local_cloud.allocator import share_few_arenas
if sys.argv[1] == "few":
    share_few_arenas()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
together = threading.Barrier({THREADS})
def ask():
    libc.malloc(ctypes.c_size_t(5_000))
    together.wait()
threads = [threading.Thread(target=ask) for _ in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
file = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, file)
libc.fflush(file)
"""


def heaps(how: str) -> int:
    told = subprocess.run([sys.executable, "-c", PROGRAM, how], capture_output=True, text=True, check=True).stdout
    return told.count("<heap nr=")


def test_threads_share_two_heaps_where_the_allocator_would_give_them_one_each() -> None:
    if platform.libc_ver()[0] != "glibc":  # another allocator: nothing is to be done, and nothing breaks
        share_few_arenas()
        return
    assert heaps("few") <= 2 < heaps("many")
