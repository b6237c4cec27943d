"""Sends a launch, and remembers what is sure of earlier ones with the same token.

A refusal speaks of the call that it answers. When an earlier call with the same token was not answered, by this leader
or by the one before, that call may still arrive and make a task: then the refusal counts only after such a call would
have shown itself, and the same bytes are sent until then. A failure *inside* an answer is different: ECS keeps it with
the token, so that whatever arrives later fails alike.
"""

from collections.abc import Mapping
from math import inf
from typing import Any

from executor.board import Board
from executor.core.causes import Catalogue, Scope
from executor.core.launch_answers import LaunchAnswer, Refused, Throttled, Unknown, understood
from executor.core.stopping import NO_TASK_AFTER_S
from executor.ports import Clock, Launcher


async def send(
    launcher: Launcher, run_task: Mapping[str, Any], catalogue: Catalogue, board: Board, clock: Clock
) -> LaunchAnswer:
    """One RunTask; what is known of its token is kept on the board."""
    token, unanswered = str(run_task["clientToken"]), board.unanswered
    first, asked_at_s = token in board.unsent, clock.monotonic_s()
    board.unsent.discard(token)
    if not first:
        unanswered.setdefault(token, asked_at_s)
    board.sent_at_s[token] = inf
    try:
        answer = understood(await launcher.run(run_task), catalogue)
    finally:
        is_over = token not in board.sent_at_s
        if not is_over:
            board.sent_at_s[token] = asked_at_s
    if is_over:
        return answer  # the reign ended, or the job did: what would be kept now, another reign would take for its own
    now_s = clock.monotonic_s()
    match answer:
        case Unknown():
            unanswered[token] = now_s
        case Throttled():
            board.unsent.update({token} if first else ())
        case Refused(said_as=Scope.RUNTASK_EXCEPTION) if now_s < unanswered.get(token, -inf) + NO_TASK_AFTER_S:
            return Unknown(f"an earlier launch may still arrive; this one was refused: {answer.reason}")
        case Refused():
            unanswered.pop(token, None)
            board.unsent.add(token)
        case _:
            unanswered.pop(token, None)
    return answer
