"""One server per data folder; the lock goes with the process, however that ends."""

import fcntl
from pathlib import Path
from typing import IO


class DataDirTakenError(Exception):
    """Another local AWS keeps its data in this folder."""


def take(data_dir: Path) -> IO[str]:
    """Take a data folder, made when absent, for as long as the answer is open.

    Raises:
        DataDirTakenError: when another process has it.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    file = (data_dir / ".lock").open("a", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise DataDirTakenError(
            f"{data_dir} is in use by another local AWS; stop that one or choose another --data-dir"
        ) from None
    return file
