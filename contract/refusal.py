"""How bad input is refused: every problem at once, each with its field, its value and a remedy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import ValidationError

from contract.meant import closest
from contract.patterns import WORDS

_SHOWN_CHARS = 80


def shown(value: object) -> str:
    """A value as a message may carry it: in the words of JSON and SQL, and cut after 80 characters."""
    text = str(value).lower() if isinstance(value, bool) else "null" if value is None else repr(value)
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


def refusal_of(error: ValidationError, root: str, known: Sequence[str] = ()) -> RefusedError:
    """A pydantic error in the words of callers, its fields below ``root``; ``known`` are the fields there are."""
    items = error.errors(include_url=False)
    deep = {item["loc"][:-1] for item in items if len(item["loc"]) > 1}
    return RefusedError(
        [
            Problem(path_of(root, item["loc"]), _says(item, known))
            for item in items
            # A list with a wrong element is also said to be too short; the element is the news.
            if not (item["loc"] in deep and item["type"] == "too_short")
        ]
    )


def path_of(root: str, steps: Sequence[str | int]) -> str:
    """Where something stands in a document, for example ``options.formats[0]``."""
    return root + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


_WORDS: Final = {
    "missing": "is missing",
    "tuple_type": "{given} is not a list; write it as ['…']",
    "too_short": "needs at least {min_length}",
    "int_type": "{given} is not a whole number",
    "int_parsing": "{given} is not a whole number",
    "int_from_float": "{given} is not a whole number",
    "greater_than_equal": "{given} is below {ge}",
    "less_than_equal": "{given} is above {le}",
    "string_too_long": "is longer than {max_length} characters",
    "string_too_short": "is empty",
    "string_type": "{given} is not text",
    "enum": "{given} is not one of {expected}",
    "literal_error": "{given} is not one of {expected}",
    "string_pattern_mismatch": "{given} does not match {pattern}",
    "bool_type": "{given} is neither true nor false",
    "bool_parsing": "{given} is neither true nor false",
    "float_type": "{given} is not a number",
    "float_parsing": "{given} is not a number",
    "model_type": "{given} is not an object; write it as {{'name': value}}",
    "model_attributes_type": "{given} is not an object; write it as {{'name': value}}",
    "dict_type": "{given} is not an object; write it as {{'name': value}}",
    "too_long": "has {actual_length} items; {max_length} is the most",
    "union_tag_invalid": "type {tag} is not one of {expected_tags}",
    "union_tag_not_found": "type is missing",
}


def _says(item: Mapping[str, Any], known: Sequence[str]) -> str:
    given = shown(item["input"])
    if item["type"] == "extra_forbidden":
        close = closest(str(item["loc"][-1]), known)
        meant = f"did you mean {close}? " if close else ""
        return "is not known" + (f"; {meant}known are {', '.join(known)}" if known else "")
    if item["type"] == "value_error":
        return str(item["msg"]).removeprefix("Value error, ")
    if (said := WORDS.get(item.get("ctx", {}).get("pattern", ""))) is not None:
        return f"{given} {said}"
    if item["type"] in _WORDS:
        return _WORDS[item["type"]].format(given=given, **item.get("ctx", {}))
    return f"{item['msg']}, not {given}"
