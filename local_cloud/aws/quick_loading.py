"""Loading moto without reading the same file again and again.

While it is loaded, moto asks three times for the regions of EC2, each time with a session of its own that reads
botocore's whole description of EC2: a fifth of the time in which the server starts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from botocore.loaders import JSONFileLoader


@contextmanager
def each_file_once() -> Iterator[None]:
    """Let botocore read each of its files once as long as the block lasts; nothing is kept in memory afterwards."""
    stock, read = JSONFileLoader.load_file, dict[str, Any]()

    def load_file(self: JSONFileLoader, file_path: str) -> Any:
        if file_path not in read:
            read[file_path] = stock(self, file_path)
        return read[file_path]

    JSONFileLoader.load_file = load_file  # type: ignore[method-assign]  # the seam itself
    try:
        yield
    finally:
        JSONFileLoader.load_file = stock  # type: ignore[method-assign]  # as it was
