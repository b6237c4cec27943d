"""The lease. Each claim is asked of the fake and of a local S3."""

import asyncio

from executor.core.leadership import may_take
from executor.ports import Lease


async def test_at_first_nobody_holds_it(lease: Lease) -> None:
    assert await lease.read() is None


async def test_whoever_writes_it_holds_it(lease: Lease) -> None:
    assert await lease.write("one", over=None)
    held = await lease.read()
    assert held is not None
    assert (held.holder, held.released) == ("one", False)
    assert 0 <= held.age_s < 10
    assert not may_take(held, "two")


async def test_of_many_who_find_it_absent_one_gets_it(lease: Lease) -> None:
    taken = await asyncio.gather(*(lease.write(f"executor-{number}", over=None) for number in range(5)))
    assert sorted(taken) == [False, False, False, False, True]


async def test_it_is_renewed_over_the_version_that_was_read_and_over_no_other(lease: Lease) -> None:
    await lease.write("one", over=None)
    first = await lease.read()
    assert await lease.write("one", over=first)
    assert not await lease.write("two", over=first)
    held = await lease.read()
    assert held is not None
    assert held.holder == "one"


async def test_only_its_holder_releases_it_and_then_it_is_free(lease: Lease) -> None:
    await lease.write("one", over=None)
    await lease.release("two")
    held = await lease.read()
    assert held is not None
    assert not held.released
    await lease.release("one")
    free = await lease.read()
    assert free is not None
    assert free.released
    assert may_take(free, "two")
    assert await lease.write("two", over=free)


async def test_releasing_what_is_not_there_does_nothing(lease: Lease) -> None:
    await lease.release("one")
    assert await lease.read() is None
