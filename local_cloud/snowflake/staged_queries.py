"""SELECT $1, $2 FROM '@stage/path': the fields of staged text files, in the default file format.

The location stands in quotes, and beside fields there may be SYSDATE() and LIMIT; more is not known here.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import not_supported
from local_cloud.snowflake.moment import clock_reading
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stages import Stage, stage_of

_ITEM: Final = r"(?:\$[1-9]\d?|SYSDATE\s*\(\s*\))(?:\s+AS\s+\w+)?"
_QUERY: Final = re.compile(
    rf"\s*SELECT\s+(?P<items>{_ITEM}(?:\s*,\s*{_ITEM})*)\s+FROM\s+'(?P<location>@[^']+)'(?:\s+LIMIT\s+(?P<limit>\d+))?\s*",
    re.IGNORECASE,
)
_SHORT: Final = "SELECT from staged files"


def is_one(sql: str) -> bool:
    """Whether this is such a query, without options or anything else around it."""
    return _QUERY.fullmatch(sql) is not None


def run(session: Session, sql: str) -> Result:
    """The fields of every line of every file whose path begins so; a path that nothing has answers with no rows.

    Raises:
        ProgrammingError: 000002 for a stage with a file format of its own, and for files with quotes, backslashes or
            other characters than UTF-8's; 002003 for a stage that is not there, 003001 without the right to read it.
    """
    found = _QUERY.fullmatch(sql)
    if found is None:
        raise not_supported(_SHORT)
    stage = stage_of(session, found["location"], "READ")
    Guard(session).need_warehouse()
    if stage.file_format:
        raise not_supported(f"{_SHORT} of a stage with a file format of its own")
    items = [re.split(r"\s+AS\s+", item.strip(), flags=re.IGNORECASE) for item in found["items"].split(",")]
    now = datetime.fromisoformat(clock_reading()).replace(tzinfo=None)
    limit = None if found["limit"] is None else int(found["limit"])
    rows = [[_value(item[0], line, now) for item in items] for line in list(_lines(stage))[:limit]]
    types = {item[-1].upper(): "VARCHAR" if item[0].startswith("$") else "TIMESTAMP" for item in items}
    if len(types) < len(items):
        raise not_supported(f"{_SHORT} with one name for two columns")
    return from_rows(types, rows)


def _lines(stage: Stage) -> Iterator[list[str]]:
    for file in stage.files():
        try:
            text = stage.store.read(file.path).decode()
        except UnicodeDecodeError as error:
            raise not_supported(f"{_SHORT} that are no UTF-8 ({file.path})") from error
        # They have rules of their own in Snowflake, which nobody needed here so far.
        if "\\" in text or '"' in text:
            raise not_supported(f"{_SHORT} with quotes or backslashes ({file.path})")
        yield from (line.split(",") for line in text.splitlines())


def _value(item: str, line: list[str], now: datetime) -> str | datetime | None:
    if not item.startswith("$"):
        return now
    place = int(item[1:]) - 1
    return (line[place] or None) if place < len(line) else None
