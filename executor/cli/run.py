"""``run`` and ``drain``: the executor, in the foreground, until SIGTERM or an empty queue."""

from typing import Annotated

import typer

from executor.cli.foreground import start


def run(
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check settings and connections.")] = False,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run the executor: claim jobs, launch tasks, write back. SIGTERM stops it; tasks run on."""
    start(check=check, pretty=pretty, drains=False)


def drain(
    *,
    pretty: Annotated[bool, typer.Option("--pretty", help="Readable log lines instead of JSON.")] = False,
) -> None:
    """Run an executor until the queue is empty, then end; jobs of a later day stay in it."""
    start(check=False, pretty=pretty, drains=True)
