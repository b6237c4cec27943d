"""The grant that a refusal of Snowflake's lacks, as the statement to run."""

import re
from typing import Final

_NAME: Final = r"['\"]?((?:[\w$]+|\"[^\"]+\")(?:\.(?:[\w$]+|\"[^\"]+\")){0,2}(?:\([^)']*\))?)['\"]?"
_HIDDEN: Final = re.compile(rf"\b(\w+) {_NAME} does not exist or not authorized", re.IGNORECASE)
_LACKING: Final = re.compile(rf"Insufficient privileges to operate on (\w+) {_NAME}", re.IGNORECASE)
_FUNCTION: Final = re.compile(rf"Unknown (?:user-defined )?(function|procedure) {_NAME}", re.IGNORECASE)
_RIGHT: Final = {
    "TABLE": "SELECT", "VIEW": "SELECT", "STAGE": "READ", "SCHEMA": "USAGE", "DATABASE": "USAGE", "WAREHOUSE": "USAGE",
    "PROCEDURE": "USAGE", "FUNCTION": "USAGE", "INTEGRATION": "USAGE",
}  # fmt: skip
"""What a reader or a caller needs on each kind of object."""


def missing_grant(text: str, role: str) -> str:
    """The statement that lets a role use what a refusal is about; empty when it names no object.

    Snowflake calls a table or view that may not be seen an object, and GRANT takes a view for a table: either is
    granted by ``ON TABLE``.

    Args:
        text: Snowflake's words.
        role: who was refused.
    """
    found = _LACKING.search(text) or _HIDDEN.search(text) or _FUNCTION.search(text)
    if found is None:
        return ""
    kind = "TABLE" if found[1].upper() == "OBJECT" else found[1].upper()
    return f"GRANT {_RIGHT[kind]} ON {kind} {found[2]} TO ROLE {role};" if kind in _RIGHT else ""
