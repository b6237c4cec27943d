"""What a caller sees of a refusal, and of a fault."""

import traceback

import pytest

from contract.refusal import RefusedError, refuse
from snowpark_procs.plainly import plainly


@plainly
def refuses(value: int) -> int:
    """Refuse what is below 1, after another refusal."""
    try:
        raise refuse("value", "was refused before")
    except RefusedError as before:
        if value == 0:
            raise ZeroDivisionError from before
        if value < 0:
            raise refuse("value", f"{value} is below 1") from before
    return value


def test_a_refusal_has_one_frame_and_neither_cause_nor_context_before_it() -> None:
    with pytest.raises(RefusedError) as refused:
        refuses(-1)
    lines = "".join(traceback.format_exception(refused.value)).splitlines()
    assert [line for line in lines if line.startswith("  File")][1:] == [
        line for line in lines if "plainly.py" in line and ", in called" in line
    ]
    assert lines[-1] == "contract.refusal.RefusedError: value: -1 is below 1"
    assert "was refused before" not in "".join(lines)


def test_a_fault_keeps_its_traceback_and_an_answer_is_an_answer() -> None:
    with pytest.raises(ZeroDivisionError) as fault:
        refuses(0)
    assert "in refuses" in "".join(traceback.format_exception(fault.value))
    assert refuses(2) == 2
    assert refuses.__name__ == "refuses"
