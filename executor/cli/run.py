"""``run`` and ``drain``: the executor, in the foreground, until SIGTERM or an empty queue."""

import os
import sys
from typing import Annotated

import typer

from executor.cli.left_out import left_out, unneeded


def run(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check settings and connections.")] = False,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run the executor: claim jobs, launch tasks, write back. SIGTERM stops it; tasks run on."""
    _serve(check=check, pretty=pretty, drains=False)


def drain(
    *,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run an executor until the queue is empty, then end; jobs of a later day stay in it."""
    _serve(check=False, pretty=pretty, drains=True)


def _serve(*, check: bool, pretty: bool, drains: bool) -> None:
    pretty = pretty or sys.stdout.isatty()
    with left_out(unneeded(os.environ, pretty=pretty)):
        from executor.cli.serving import serve  # noqa: PLC0415 - what it imports is to find less than there is
    serve(check=check, pretty=pretty, drains=drains)
