"""Whether a query's text is one SELECT and nothing besides, as far as text can tell.

What Snowflake then says of it when it is compiled is the other half: a text that passes here may still be no SQL.
"""

import re
from typing import Final

# Texts and comments say nothing about a statement; each is taken as a whole, so that nothing inside it counts.
_SKIPPED: Final = re.compile(
    r"'(?:[^'\\]|''|\\.)*'|\$\$.*?\$\$|\"[^\"]*\"|--[^\n]*|//[^\n]*|/\*.*?\*/|(?P<end>;)|(?P<open>'|\$\$|\"|/\*)",
    re.DOTALL,
)
_FIRST_WORD: Final = re.compile(r"[\s(]*([A-Za-z_]*)")
# Statements chained (docs, sql-reference/operators-flow), and a procedure that is made and called in one statement
# (docs, sql-reference/sql/call-with): both may begin as a query does, and may do anything.
_CHAINED: Final = "->>"
_PROCEDURE: Final = re.compile(r"\bAS\s+PROCEDURE\s*\(", re.IGNORECASE)
_BEGINS: Final = frozenset(("SELECT", "WITH"))


def fault(sql: str) -> str | None:
    """What keeps a text from being one SELECT, with the remedy; None when nothing does."""
    bare = []
    last = 0
    for found in _SKIPPED.finditer(sql):
        if found.group("open"):
            return f"a text or comment that {found.group('open')} begins has no end; close it"
        bare.append(sql[last : found.start()])
        bare.append(";" if found.group("end") else " ")
        last = found.end()
    text = "".join([*bare, sql[last:]])
    statement, _, rest = text.partition(";")
    if rest.strip(" \t\r\n;"):
        return "holds more than one statement; write one SELECT, and each further one as a query of its own"
    if _CHAINED in statement:
        return "chains statements with ->>; write one SELECT, and each further one as a query of its own"
    if _PROCEDURE.search(statement):
        return "makes a procedure and calls it; a report only reads: write one SELECT, or WITH … SELECT"
    word = _FIRST_WORD.match(statement)
    first = word.group(1).upper() if word else ""
    if first not in _BEGINS:
        return f"begins with {first or 'nothing'}; a report only reads: write one SELECT, or WITH … SELECT"
    return None


def alone(sql: str) -> str:
    """The statement without the semicolon at its end and the comments after that, which Snowflake takes for a second.

    A text that is not one SELECT stays as it is.
    """
    end = next((found.start() for found in _SKIPPED.finditer(sql) if found.group("end")), None)
    return sql if end is None or fault(sql) is not None else sql[:end]
