"""What a trace of many lines comes down to, and how its lines read without what tools put around them."""

import re
from typing import Final

_AROUND: Final = re.compile(
    r"""(?mx) ^ (?: [ \t]* (?: [\u2502\u2503\u2551] | >(?!>>) )+ [ \t]?     # terraform's frames, quoted mail
    | [\w.-]{1,60} [ \t]+ \| [ \t]                                        # the container's name of docker compose
    | (?: FAILED | ERROR )\ \S+::\S+\ -\ (?! Assert | assert )          # pytest's summary, but for tests' own words
    | E[ ]{3,}(?=\S)
    | \d{0,6} \#\#\[error\]                                                # pipelines of GitHub and Azure
    | \[[^\]\n]{10,40}\]\ \{[\w.]+\.py:\d+\}\ INFO\ -\ (?:\[base\]\ )?         # Airflow, of what a pod or task wrote
    | \[? \d{4}[-/]\d\d[-/]\d\d [T ] \d\d:\d\d:\d\d [\d.,:+Z-]* \]? [ \t]+  # when it was said
    ){1,4}"""
)
_FRAME: Final = re.compile(r"^[ \t]*(?:Traceback \(most recent call last\)|File \"[^\"\n]+\", line \d+)", re.MULTILINE)
_PYTHON: Final = re.compile(
    r"^(?!Traceback)[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Failure|Timeout|Refused|NotFound)\b(?=:|\s*$)",
    re.MULTILINE,
)
_FRAMES: Final = re.compile(
    r"^[ \t]*(?:File \"[^\"\n]*\", line \d+[^\n]*(?:\n[ \t]{4,}\S[^\n]*){0,3}"
    r"|at (?:(?:async |new )?[^\s(]{1,200} ?(?:\[as \w+\] )?\([^\n]*|\S*/[^\n]*))\n?",
    re.MULTILINE,
)
_CLIENT: Final = re.compile(
    r"net\.snowflake\.client|gosnowflake|snowflake[/.](?:connector|snowpark|ingest|sdk)|snowflake-sdk"
    r"|\bclient-(?:ecs|ecr|s3|sts|ssm|kms|sqs|sns|dynamodb|lambda|secrets-manager|cloudwatch-logs)\b"
)
_IN_SNOWFLAKE: Final = re.compile(r"\bPython Interpreter Error:")
"""What stands before the trace of a procedure; its last error means something else than it does in a container."""
_JAVA: Final = re.compile(r"^[ \t]*Caused by: ", re.MULTILINE)
_PROBED: Final = re.compile(r"\bFailingStreak\b")
"""In what Docker tells of a container's health: what its probes said is part of it."""
_SHORT: Final = 8
"""Lines of a text that is one saying; what has more is a log of several."""
_WIDE: Final = 6
"""Lines over which one saying of a log may go."""
_LAST: Final = 100
"""Lines at the end of a log that may tell why it ended."""
_NARROW: Final = 50
"""Characters of the shortest line that a terminal may have broken."""
_HYPHEN: Final = re.compile(r"(?<=[a-z])-\n[ \t]*(?=[a-z])")
_BREAK: Final = re.compile(r"[ \t]*\n\s*")
_ESCAPED: Final = re.compile(r"\\\"|\\n(?:\s|\\t|\\n|[A-Z])")
_ESCAPES: Final = {"\\n": "\n", "\\t": "\t", '\\"': '"'}


def plain_lines(text: str) -> str:
    """The lines without what stands before them: frames, quotation marks, names of containers, times."""
    return _AROUND.sub("", text)


def innermost(text: str) -> str | None:
    """The error that a program's trace ends with, and all after it, or the last cause that a JVM names; or None."""
    if _IN_SNOWFLAKE.search(text):
        return None
    if _FRAME.search(text):
        ends = [found.start() for found in _PYTHON.finditer(text)]
    else:
        ends = [found.end() for found in _JAVA.finditer(text)]
    return text[ends[-1] :] if ends and ends[-1] else None


def windows(text: str) -> list[str]:
    """The pieces of a long text, each up to another of its last lines, from its end on; none for a short text."""
    lines = text.split("\n")
    if len(lines) <= _SHORT or _IN_SNOWFLAKE.search(text) or _PROBED.search(text):
        return []
    ends = range(len(lines), max(0, len(lines) - _LAST), -1)
    return ["\n".join(lines[max(0, end - _WIDE) : end]) for end in ends]


def without_frames(text: str) -> str:
    """The text without the places in code that it names, but for the name of a client of Snowflake among them."""
    return _FRAMES.sub(lambda frame: f"{client[0]}\n" if (client := _CLIENT.search(frame[0])) else "", text)


def last_lines(text: str) -> str:
    """The lines at the end of a text that may be one saying."""
    return "\n".join(text.rsplit("\n", _SHORT)[-_SHORT:])


def readings(text: str) -> tuple[str, ...]:
    """The text as it stands; where a terminal broke its sentences, as one line; where it was escaped, without that."""
    found = [text]
    if _ESCAPED.search(text):
        plain = re.sub(r"\\[nt\"]", lambda escape: _ESCAPES[escape[0]], text)
        found += [plain, flowed(plain)]
    if "\n" in text:
        found.append(flowed(text))
        found += [unbroken] if (unbroken := _unbroken(text)) != found[-1] else []
    return tuple(found)


def _unbroken(text: str) -> str:
    # A terminal breaks words where its line ends, a typesetter with a hyphen.
    full = max(map(len, text.split("\n")))
    return (
        flowed(re.sub(rf"(?m)^([^\n]{{{full}}})\n", r"\1", _HYPHEN.sub("", text))) if full >= _NARROW else flowed(text)
    )


def flowed(text: str) -> str:
    """The text as one line."""
    return _BREAK.sub(" ", text)
