"""Collecting rests in a block that says so, and is afterwards as it was."""

import gc

import pytest

from local_cloud.collecting import loading, uncollected


def fail_within() -> None:
    with uncollected():
        assert not gc.isenabled()
        raise ValueError("within")


def test_collecting_rests_and_goes_on_also_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="within"):
        fail_within()
    assert gc.isenabled()


def test_within_another_such_block_it_stays_off() -> None:
    with uncollected():
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_loaded_is_not_looked_through_again() -> None:
    before = gc.get_freeze_count()
    try:
        with loading():
            assert not gc.isenabled()
            loaded = [[number] for number in range(1_000)]
        assert gc.isenabled()
        assert gc.get_freeze_count() - before >= len(loaded)
    finally:
        gc.unfreeze()
