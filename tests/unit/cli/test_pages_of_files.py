"""Which pages a process that has started gives back, and which it must never give back."""

import asyncio
import ctypes
import gc
import mmap
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import looptime
import pytest

from executor import wiring
from executor.cli import serving
from executor.cli.pages_of_files import USED_BY_THEN_S, give_back_pages_of_files, only_read

SMAPS = Path("/proc/self/smaps")
PAGES = 16
SAMPLE = """\
5600-5700 r--p 00000000 fe:01 12 /usr/bin/python
Rss:                   4 kB
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5700-5900 r-xp 00001000 fe:01 12 /usr/bin/python
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5900-5a00 r--p 00003000 fe:01 12 /usr/lib/where the linker wrote.so
Anonymous:             8 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5a00-5a80 rw-p 00004000 fe:01 12 /usr/bin/python
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5a80-5aff r--p 00003000 fe:01 15 /usr/lib/where the linker wrote, and it was swapped out.so
Anonymous:             0 kB
Swap:                  8 kB
VmFlags: rd mr mw me
5b00-5c00 r--s 00000000 fe:01 13 /shared/with others
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5c00-5d00 r--p 00000000 00:00 0 
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
5d00-5e00 r-xp 00000000 00:00 0                          [vdso]
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
ffff0000-ffff1000 r--p 00000000 fe:01 14 /usr/lib/name with spaces.so
Anonymous:             0 kB
Swap:                  0 kB
VmFlags: rd mr mw me
"""  # noqa: W291 - the kernel writes a blank where there is no path


def test_only_pages_that_a_file_has_as_they_are_are_given_back() -> None:
    assert list(only_read(SAMPLE.splitlines())) == [(0x5600, 0x5700), (0x5700, 0x5900), (0xFFFF0000, 0xFFFF1000)]


@contextmanager
def mapped(path: Path, protection: int) -> Iterator[mmap.mmap]:
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE, prot=protection) as memory:
        yield memory


def resident_kb(path: Path) -> int:
    lines = SMAPS.read_text(encoding="utf-8").splitlines()
    (start,) = (number for number, line in enumerate(lines) if line.endswith(str(path)))
    return next(int(line.split()[1]) for line in lines[start:] if line.startswith("Rss:"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "library"
    path.write_bytes(b"code" * (PAGES * mmap.PAGESIZE // 4))
    return path


def test_what_was_only_read_goes_and_is_there_again_when_it_is_needed(file: Path) -> None:
    with mapped(file, mmap.PROT_READ) as memory:
        whole = bytes(memory)
        if SMAPS.exists():
            assert resident_kb(file) == PAGES * mmap.PAGESIZE // 1024
            give_back_pages_of_files()
            assert resident_kb(file) == 0
        else:  # another system: nothing is to be done, and nothing breaks
            give_back_pages_of_files()
        assert bytes(memory) == whole


def test_what_was_written_before_writing_was_forbidden_stays_as_it_was_written(file: Path) -> None:
    with mapped(file, mmap.PROT_READ | mmap.PROT_WRITE) as memory:
        memory[:4] = b"link"
        seen = (ctypes.c_char * len(memory)).from_buffer(memory)
        forbidden = ctypes.CDLL(None).mprotect(
            ctypes.c_void_p(ctypes.addressof(seen)), ctypes.c_size_t(len(memory)), mmap.PROT_READ
        )
        del seen  # or the mapping could not be closed
        assert forbidden == 0
        give_back_pages_of_files()
        assert memory[:8] == b"linkcode"


def test_a_running_executor_gives_pages_back_when_it_has_done_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    given_back_at_s: list[float] = []
    loop = looptime.new_event_loop()

    async def runs(*_given: object) -> None:
        await asyncio.sleep(10 * USED_BY_THEN_S)

    @asynccontextmanager
    async def service(*_settings: object) -> AsyncIterator[Any]:
        yield SimpleNamespace(run=runs)

    monkeypatch.setattr(wiring, "service", service)
    monkeypatch.setattr(serving, "give_back_pages_of_files", lambda: given_back_at_s.append(loop.time()))
    thresholds = gc.get_threshold()
    none: Any = None
    try:
        loop.run_until_complete(serving._serve(none, none, none, check=False, drains=False))
    finally:
        loop.close()
        gc.unfreeze()
        gc.set_threshold(*thresholds)
    assert given_back_at_s == [USED_BY_THEN_S]
