"""What is remembered of a launch whose answer comes late."""

from collections.abc import Mapping
from typing import Any

import pytest

from executor.board import Board
from executor.core.causes import EMPTY
from executor.core.launch_answers import LaunchAnswer, Refused, Throttled, Unknown
from executor.loops.sending import send
from executor.testing.virtual_clock import VirtualClock


@pytest.mark.parametrize("answer", [Refused("no room"), Throttled("Rate exceeded"), Unknown("no answer")])
async def test_p2_p16_an_answer_that_outlives_its_reign_teaches_the_next_one_nothing(answer: LaunchAnswer) -> None:
    board = Board()
    board.begin(1, [])
    board.unsent.add("token")

    class Slow:
        async def run(self, _request: Mapping[str, Any]) -> LaunchAnswer:
            board.begin(3, [])
            return answer

    assert await send(Slow(), {"clientToken": "token"}, EMPTY, board, VirtualClock()) == answer  # type: ignore[arg-type]  # as much of a launcher as is asked
    assert (board.unsent, board.unanswered, board.sent_at_s) == (set(), {}, {})
