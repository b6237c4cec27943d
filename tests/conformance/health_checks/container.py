"""A container as far as a health check can tell: a PATH with chosen programs, a service, a process list of its own."""

import shutil
import subprocess
import sys
from pathlib import Path

# All of one container runs in one session: its processes are the container's, and its leader is the test.
SEEN = """
import os, re, sys
session, me = os.getsid(0), os.getpid()
def seen():
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        try:
            if pid == session or os.getsid(pid) != session:
                continue
            argv = open(f"/proc/{pid}/cmdline", "rb").read().rstrip(b"\\0").split(b"\\0")
            comm = open(f"/proc/{pid}/comm").read().strip()
        except OSError:
            continue
        words = [part.decode() for part in argv]
        if pid == me:
            words, comm = [NAME, *sys.argv[1:]], NAME
        yield pid, comm, " ".join(words)
"""
LIST = """
if "|" in sys.argv:
    sys.exit(1)
print("USER PID %CPU %MEM VSZ RSS TTY STAT START TIME COMMAND")
for pid, comm, text in seen():
    print("root", pid, "0.0 0.1 0 0 ? S 00:00 0:00", text)
"""
FIND = """
flags = "".join(word for word in sys.argv[1:] if word.startswith("-"))
pattern = [word for word in sys.argv[1:] if not word.startswith("-")][0]
found = [pid for pid, comm, text in seen() if pid != me and re.search(pattern, text if "f" in flags else comm[:15])]
print("\\n".join(map(str, found)))
sys.exit(0 if found else 1)
"""
WRITTEN = {"ps": LIST, "pgrep": FIND}
CHECK = """
import subprocess, sys
service = subprocess.Popen(["python", "-m", "src.consumer"]) if sys.argv[1] == "running" else None
try:
    status = subprocess.run(sys.argv[2:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=20).returncode
except OSError:
    status = 127
if service is not None:
    service.kill()
    service.wait()
sys.exit(status)
"""


class Container:
    """What a check is run in; its service is ``python -m src.consumer``."""

    def __init__(self, folder: Path, programs: list[str]) -> None:
        self.folder = folder
        self.bin = folder / "bin"
        self.bin.mkdir(parents=True)
        (folder / "src").mkdir()
        (folder / "src" / "consumer.py").write_text("import time\ntime.sleep(60)\n")
        (self.bin / "python").symlink_to(sys.executable)
        for name in {*programs, "grep", "wc", "cat", "head", "find", "sleep", "test", "true"} - {"python"}:
            self._put(name)

    def status(self, command: list[str], environment: dict[str, str], *, running: bool) -> int:
        """The exit status of a check, with the service's process in the list or without."""
        kind, *rest = command
        argv = ["/bin/sh", "-c", *rest] if kind == "CMD-SHELL" else rest
        done = subprocess.run(
            [sys.executable, "-S", "-c", CHECK, "running" if running else "gone", *argv],
            env={"PATH": str(self.bin), **environment},
            cwd=self.folder,
            start_new_session=True,
            capture_output=True,
            timeout=40,
            check=False,
        )
        return done.returncode

    def _put(self, name: str) -> None:
        if name in WRITTEN:
            script = self.folder / f"{name}.py"
            script.write_text(f"NAME = {name!r}\n{SEEN}{WRITTEN[name]}")
            (self.bin / name).write_text(f'#!/bin/sh\nexec {sys.executable} -S {script} "$@"\n')
            (self.bin / name).chmod(0o755)
        elif found := shutil.which(name):
            (self.bin / name).symlink_to(found)
        else:
            raise LookupError(f"this machine has no {name} to try with")
