"""How bad input is refused: every problem at once, each with its field, its value and a remedy."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

_SHOWN_CHARS = 80


def shown(value: object) -> str:
    """A value as a message may carry it: quoted, and cut after 80 characters."""
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else text[: _SHOWN_CHARS - 1] + "…"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a request: where, what, and what to do instead."""

    field: str
    says: str

    def __str__(self) -> str:
        """The problem as one clause of a sentence."""
        return f"{self.field}: {self.says}"


class RefusedError(ValueError):
    """The input is refused and nothing was enqueued; the message names each field."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Keep the problems; the message is all of them on one line."""
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in problems))


def refuse(field: str, says: str) -> RefusedError:
    """The refusal of a single field."""
    return RefusedError([Problem(field, says)])


def refusal_of(error: ValidationError, root: str) -> RefusedError:
    """A pydantic error in the words of this module, its fields below ``root``."""
    return RefusedError(
        [
            Problem(
                ".".join([root, *(str(step) for step in item["loc"])]),
                f"{item['msg']}, not {shown(item['input'])}"
                if item["type"] not in {"missing", "extra_forbidden"}
                else {"missing": "is missing", "extra_forbidden": "is not known"}[item["type"]],
            )
            for item in error.errors(include_url=False)
        ]
    )
