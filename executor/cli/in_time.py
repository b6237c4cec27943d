"""A deployment's limit on the command line: what is broken off at it says so in one sentence."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer

from executor.cli.errors import CommandError
from executor.deploy.limit import Limit, TooLateError

Say = Callable[[str], None]


@contextmanager
def in_time(say: Say, limit: Limit | None = None) -> Iterator[tuple[Say, Limit]]:
    """Give a deployment its limit, and a way to say its steps that remembers the last one.

    Args:
        say: told each step.
        limit: until when there must be a verdict; None takes 15 minutes from now on.

    Raises:
        CommandError: there was no verdict in time.
    """
    last, limit = "none", limit or Limit()

    def said(text: str) -> None:
        nonlocal last
        last = text.strip()
        say(text)

    try:
        with limit.kept(lambda: last):
            yield said, limit
    except TooLateError as error:
        raise CommandError(
            f"{error}; what was at work is at work, and what was begun in AWS goes on without us; repeat, which waits "
            "for it and does the rest"
        ) from error


def agreed(limit: Limit) -> bool:
    """What a person answers to the plan; the time to think does not count."""
    with limit.stands_still():
        return typer.confirm("Go on?")
