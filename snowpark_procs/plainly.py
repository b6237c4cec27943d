"""Refusals as callers read them: the sentence, and as little of Python around it as Snowflake allows.

Snowflake answers an exception of a procedure with its whole traceback, causes included. A refusal has nothing to trace:
it is raised anew outside the handler, so that one frame is all that stands above its sentence. Any other exception is a
fault, and keeps its traceback.
"""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from contract.refusal import RefusedError

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def plainly(handler: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """A handler whose refusals bring no traceback but its own last line."""

    @wraps(handler)
    def called(*given: Given.args, **named: Given.kwargs) -> Answer:
        try:
            return handler(*given, **named)
        except RefusedError as error:
            refused = error
        raise refused.with_traceback(None) from None

    return called
