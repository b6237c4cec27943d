"""The executor in the foreground, with no more in memory than it uses: a service starts here, and stays for weeks.

A service is started without options. Then there is nothing to read, and no need of the library that reads them and
prints help: two megabytes less.
"""

import os
import sys

from executor.cli.last_word import in_a_sentence
from executor.cli.left_out import left_out, unneeded


def main() -> None:
    """``run`` without options, until SIGTERM; an error is one sentence."""
    with in_a_sentence():
        start(check=False, pretty=False, drains=False)


def start(*, check: bool, pretty: bool, drains: bool) -> None:
    """Run an executor until SIGTERM.

    Args:
        check: only look whether settings are in order and all connections answer.
        pretty: write log lines for a person instead of JSON; on a terminal that is so in any case.
        drains: end when the queue is empty.

    Raises:
        CommandError: settings cannot be used (2), something cannot be reached (3), or a loop died (1).
    """
    pretty = pretty or sys.stdout.isatty()
    with left_out(unneeded(os.environ, pretty=pretty)):
        from executor.cli.serving import serve  # noqa: PLC0415 - what it imports is to find less than there is
    serve(check=check, pretty=pretty, drains=drains)
