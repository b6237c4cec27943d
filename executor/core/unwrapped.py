"""A text as it was said: without the colours, escapes, entities and quotation marks of whatever carried it.

A failure goes through terminals, JSON, HTML and mail before somebody pastes it, and each leaves marks in it. They are
taken away once, before anything is looked for, so that no pattern has to know of them.
"""

import html
import json
import re
from typing import Final

_COLOURS: Final = re.compile(r"\x1b\[[0-9;]*m")
_PLAIN: Final = str.maketrans(
    {"\u00a0": " ", "\u202f": " ", "\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'}
)
_ENTITY: Final = re.compile(r"&(?:quot|lt|gt|amp|apos|nbsp|#\d{2,4}|#x[0-9a-fA-F]{2,4});")
_TAG: Final = re.compile(r"</?(?:br|p|pre|code|span|div|td|tr|li|ul|b|strong|em|blockquote)(?: [^<>\n]{0,200})?/?>")
_ESCAPED: Final = re.compile(r"(?<!\\)(?:\\r)?\\n(?:\\t)?")
_PATH: Final = re.compile(r"\b[A-Za-z]:\\|\\\\\w")
_NEXT: Final = re.compile(
    r"[ \t]+(?=(?:\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d|Traceback \(most recent|Exception in thread |Caused by: "
    r"|\[?(?:ERROR|FATAL|CRITICAL|SEVERE)\b|Error: ))"
)


_MARKED: Final = re.compile(r"^[ \t]*(\*\*|`{1,3})([^\n`*]+)\1[ \t]*$", re.MULTILINE)
_CELL: Final = re.compile(r"^\|(?=[ \t])|[ \t]+\|[ \t]*$", re.MULTILINE)


def unwrapped(text: str) -> str:
    """The text without what carried it; one that is nothing but a string of JSON is that string."""
    plain = _COLOURS.sub("", text).translate(_PLAIN)
    if plain.startswith('"') and plain.endswith('"') and len(plain) > 1:
        plain = _string(plain)
    if _ENTITY.search(plain):
        plain = _TAG.sub(" ", html.unescape(plain)).translate(_PLAIN)
    if "\\n" in plain and not plain.lstrip().startswith(("{", "[")) and not _PATH.search(plain):
        plain = _ESCAPED.sub("\n", plain)
    if "`" in plain or "**" in plain:
        plain = _MARKED.sub(r"\2", plain)
    return _CELL.sub("", plain) if "| " in plain or " |" in plain else plain


def told_apart(text: str) -> str:
    """The text with a new line where another saying begins: logs are pasted in one line, too."""
    return _NEXT.sub("\n", text)


def _string(text: str) -> str:
    try:
        read = json.loads(text)
    except ValueError:
        return text
    return read if isinstance(read, str) else text
