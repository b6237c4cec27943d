"""Runs a program that may have so much memory and no more: ``python -m benchmarks.runner.limited MB PROGRAM …``.

The limit is one of address space without what is only reserved: the kernel's limit of data (RLIMIT_DATA), which since
Linux 4.7 counts private writable mappings, and so all that a program can fill.
"""

import os
import resource
import sys


def main() -> None:
    """Set the limit and become the program."""
    limit_bytes = int(sys.argv[1]) * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (limit_bytes, limit_bytes))
    os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the benchmark's own command


if __name__ == "__main__":
    main()
