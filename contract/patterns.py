"""Texts of a set form: the pattern of each, and how a refusal says it to a person."""

from collections.abc import Mapping
from typing import Final

from contract.ids import JOB_ID_PATTERN, REPORT_TYPE_PATTERN

NAME: Final = r"^[a-z][a-z0-9_]{0,39}$"
TIME_OF_DAY: Final = r"^([01]\d|2[0-3]):[0-5]\d$"
CURRENCY: Final = r"^[A-Z]{3}$"
TASK_DEFINITION: Final = r"^[A-Za-z0-9_-]{1,255}(:[0-9]{1,9})?$"

WORDS: Final[Mapping[str, str]] = {
    NAME: "is no name; take small letters, digits and _, at most 40, a letter first",
    TIME_OF_DAY: "is no time of day; write it as 06:30",
    CURRENCY: "is no currency; write its ISO 4217 code, such as EUR",
    TASK_DEFINITION: "is no task definition; write its family, such as my-report, or one revision of it, my-report:3",
    JOB_ID_PATTERN: "is no job id; take letters, digits, - and _, at most 80",
    REPORT_TYPE_PATTERN: "is no report type; take capitals, digits and _, at most 40, a letter first",
}
"""What to say of a text that does not match, after the text itself."""
