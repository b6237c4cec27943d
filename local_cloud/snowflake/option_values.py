"""Options of warehouses and tasks that are numbers: a wrong one is refused when it is said, not when it is needed."""

import re
from collections.abc import Mapping
from typing import Final

from local_cloud.snowflake.errors import COMPILATION, failure

_NUMBERS: Final = frozenset(
    (
        "AUTO_SUSPEND", "MAX_CLUSTER_COUNT", "MAX_CONCURRENCY_LEVEL", "MIN_CLUSTER_COUNT",
        "QUERY_ACCELERATION_MAX_SCALE_FACTOR", "STATEMENT_QUEUED_TIMEOUT_IN_SECONDS", "STATEMENT_TIMEOUT_IN_SECONDS",
        "SUSPEND_TASK_AFTER_NUM_FAILURES", "TASK_AUTO_RETRY_ATTEMPTS", "USER_TASK_TIMEOUT_MS",
    )
)  # fmt: skip
_MAY_BE_NULL: Final = frozenset(("AUTO_SUSPEND",))


def refuse_wrong_numbers(options: Mapping[str, str]) -> None:
    """Look at every option that is a number.

    Raises:
        ProgrammingError: 001007 for one that is no whole number from 0.
    """
    for name, value in options.items():
        if name not in _NUMBERS or (name in _MAY_BE_NULL and value.upper() == "NULL"):
            continue
        if not re.fullmatch(r"\d{1,9}", value, re.ASCII):  # the number is from memory, as in `set_parameter`
            text = f"{COMPILATION}invalid value '{value}' for parameter '{name}'; write a whole number from 0"
            raise failure(1007, "22023", text)
