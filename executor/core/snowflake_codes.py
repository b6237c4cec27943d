"""The numbers of Snowflake's errors, however a client writes them.

The server numbers its errors; connector and SQL show ``002003 (42S02)``, JDBC ``vendorCode: 2,003`` or
``ErrorCode(2003)``, ODBC ``Native error: 2003``, PDO ``SQLSTATE[42S02]: … 2003 SQL compilation error``.
"""

import re
from typing import Final

_NUMBER: Final = r"(\d{1,3},\d{3}|\d{3,6})\b"
_CODE: Final = re.compile(
    rf"(?:vendor|native|error)[ _]?(?:code|error|number)[\"']?[\s:=(]{{1,3}}[\"']?{_NUMBER}"
    rf"|\berrno[\s:=]{{1,3}}{_NUMBER}"
    rf"|\b{_NUMBER}(?= \([0-9A-Z]{{5}}\)| SQL (?:compilation|execution|access)| No active )",
    re.IGNORECASE,
)


def numbered(text: str) -> str | None:
    """The text with its numbers as the server writes them before it; None for one without."""
    found = [int(next(filter(None, code.groups())).replace(",", "")) for code in _CODE.finditer(text)]
    return " ".join([*(f"{code:06d}" for code in dict.fromkeys(found)), text]) if found else None
