"""Making much that stays, without being counted again and again meanwhile."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage in this block, for a block whose many new objects all stay.

    Python looks through young objects whenever some hundreds are more than before, and through all of them now and
    then; where nothing is garbage, that is a third of the time. Afterwards collecting is as it was before.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


@contextmanager
def loading() -> Iterator[None]:
    """As `uncollected`, for a server that loads its modules: what is there afterwards is never looked through again."""
    with uncollected():
        yield
        gc.freeze()
