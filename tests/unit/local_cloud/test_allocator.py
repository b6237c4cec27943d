"""How many heaps the threads of one process take memory from, and what of them goes back to the system."""

import platform
import subprocess
import sys
import threading

from local_cloud.allocator import give_back_until, share_few_arenas

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


# Much is taken in small pieces and given back but for one in a thousand, which hold the heap's end up.
SCATTERED = """
import ctypes, pathlib, threading
from local_cloud import allocator
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
pieces = [libc.malloc(ctypes.c_size_t(1000)) for _ in range(60_000)]
for number, piece in enumerate(pieces):
    if number % 1000 < 999:
        libc.free(ctypes.c_void_p(piece))
del pieces
def held():
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * 4096
class Twice(threading.Event):
    looks = 0
    def wait(self, timeout=None):
        self.looks += 1
        return self.looks > 1
before = held()
allocator.give_back_until(Twice())
print(before - held())
"""


def test_memory_that_is_free_between_what_is_kept_is_given_back_to_the_system() -> None:
    if platform.libc_ver()[0] != "glibc":
        give_back_until(ended())
        return
    told = subprocess.run([sys.executable, "-c", SCATTERED], capture_output=True, text=True, check=True).stdout
    assert int(told) > 40 * 2**20


def ended() -> threading.Event:
    event = threading.Event()
    event.set()
    return event
