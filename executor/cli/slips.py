"""Variables that look like settings of ours and are none: most are slips of the pen, which nothing else would tell."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final, NamedTuple

from pydantic_settings import BaseSettings

from executor.settings import ExecutorSettings, ObjectNames

PREFIX: Final = "REPORTING_"
OF_OTHERS: Final = frozenset(
    {
        "REPORTING_DEBUG",
        "REPORTING_PREVIEW_ROLE",
        "REPORTING_TASK_SPEC",
        "REPORTING_TASK_SPEC_URI",
        "REPORTING_SNOWFLAKE_LOGIN_TIMEOUT_S",
        "REPORTING_SNOWFLAKE_NETWORK_TIMEOUT_S",
    }
)
"""Read by the command line or by the container, which may share an environment with the executor."""


class Slip(NamedTuple):
    """A variable that nobody reads, and the setting that may have been meant."""

    name: str
    meant: str | None


def slips(names: Iterable[str]) -> list[Slip]:
    """Which of these variables begin like settings of ours and are none, in order."""
    known = OF_OTHERS.union(*(_variables(kind) for kind in (ExecutorSettings, ObjectNames)))
    unknown = sorted(name for name in names if name.upper().startswith(PREFIX) and name.upper() not in known)
    return [Slip(name, _meant(name.upper(), known)) for name in unknown]


def _meant(name: str, known: Iterable[str]) -> str | None:
    # Without the part that all of them share, which would make them all look alike.
    parts = [one.removeprefix(PREFIX) for one in known]
    near = get_close_matches(name.removeprefix(PREFIX), parts, 1)
    return PREFIX + near[0] if near else None


def _variables(kind: type[BaseSettings]) -> set[str]:
    prefix = kind.model_config.get("env_prefix", "")
    return {field.alias or f"{prefix}{name}".upper() for name, field in kind.model_fields.items()}
