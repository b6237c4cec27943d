"""A message of the engine in Snowflake's names of things."""

import re
from typing import Final

# The engine's names of things -> Snowflake's.
_NAMES: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), name)
    for pattern, name in (
        (r"_FS_INFORMATION_SCHEMA\._FS_", "INFORMATION_SCHEMA."),
        (r"\n\tCandidate functions:.*", ""),
        (r"\b(?:STRING_LITERAL|VARCHAR)\b", "VARCHAR"),
        (r"\b(?:INTEGER_LITERAL|U?(?:BIG|HUGE|SMALL|TINY)INT|U?INTEGER)\b", "NUMBER(38,0)"),
        (r"\bDECIMAL\((?=\d)", "NUMBER("),
        (r"\bDOUBLE\b", "FLOAT"),
        (r"\bTIMESTAMP WITH TIME ZONE\b", "TIMESTAMP_LTZ"),
        (r"\bJSON(?=[,)])", "VARIANT"),
        (r"\bBLOB\b", "BINARY"),
    )
)


def public(text: str) -> str:
    """A message without the engine's own names of things."""
    for pattern, name in _NAMES:
        text = pattern.sub(name, text)
    return text
