"""One local stack per folder: who comes second is told so before anything of his is started."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from executor.cli.errors import CommandError


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold a folder, which is made when it is not there; the claim goes with the process, however that ends.

    Raises:
        CommandError: another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "up.pid").open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise CommandError(
                f"a local stack runs in {folder} already, as process {file.read().strip() or 'unknown'}; use it with: "
                f"set -a; . '{folder / 'env'}'; set +a, stop it with Ctrl-C where it runs, or name another folder with "
                "--dir"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
