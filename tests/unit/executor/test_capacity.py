"""How many jobs are claimed, and when the next look is due."""

import pytest

from contract.policy import Limits
from executor.core.capacity import BLOCKED_S, SOON_S, SWEEP_S, next_look_s, room_to_claim

LIMITS = Limits(max_running=10, max_claim=4)


@pytest.mark.parametrize(("tokens", "room"), [(None, 4), (9, 4), (2, 2), (0, 0), (-1, 0)])
def test_p12_no_more_is_claimed_than_may_be_launched(tokens: int | None, room: int) -> None:
    assert room_to_claim(LIMITS, 0, tokens) == room


@pytest.mark.parametrize(
    ("due_s", "some_ended", "look_s"),
    [
        (None, True, SWEEP_S),
        (12.5, True, 12.5),
        (10 * SWEEP_S, False, SWEEP_S),
        (0.0, True, SOON_S),
        (-5.0, False, BLOCKED_S),
    ],
)
def test_p19_what_the_caps_keep_waiting_is_looked_at_when_something_ended_and_rarely_else(
    due_s: float | None, some_ended: bool, look_s: float
) -> None:
    assert next_look_s(due_s, some_ended=some_ended) == look_s
