"""The folder in which a demo leaves its files: what an earlier demo left is replaced, nothing else is touched."""

from pathlib import Path
from typing import Final

from executor.cli.errors import CommandError, Exit

MARKER: Final = ".left-by-reporting-demo"


class DemoFolder:
    """A folder with a list of what a demo put there."""

    def __init__(self, folder: Path) -> None:
        """Look, and touch nothing yet.

        Raises:
            CommandError: it holds something that no demo left there.
        """
        self._folder, self._marker = folder, folder / MARKER
        if folder.exists() and not folder.is_dir():
            raise CommandError(f"{folder} is a file; name a folder with --dir", Exit.USAGE)
        if folder.exists() and not self._marker.exists() and any(folder.iterdir()):
            raise CommandError(
                f"{folder} holds files that no demo left; empty it, or name another folder with --dir", Exit.USAGE
            )

    def clear(self) -> None:
        """Delete what an earlier demo left."""
        if not self._marker.exists():
            return
        root = self._folder.resolve()
        left = [root / name for name in self._marker.read_text(encoding="utf-8").splitlines() if name]
        for path in left:
            if path.resolve().is_relative_to(root):
                path.unlink(missing_ok=True)
        for parent in sorted({parent for path in left for parent in path.parents}, reverse=True):
            if parent.is_relative_to(root) and parent != root and parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()
        self._marker.unlink()

    def place(self, name: str) -> Path:
        """Where to put a file of that name; it is on the list from now on."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._marker.open("a", encoding="utf-8") as marker:
            marker.write(f"{name}\n")
        return path
