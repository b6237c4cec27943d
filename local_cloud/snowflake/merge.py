"""MERGE as one statement of the engine: atomic, and never seen half done."""

import re
from typing import Final

from fakesnow.statement_type import MERGE
from sqlglot import exp

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result import Result, from_rows

_UNNAMED: Final = "_SOURCE"
_VERBS: Final = {"INSERT": "inserted", "UPDATE": "updated", "DELETE": "deleted"}


def name_source(merge: exp.Merge) -> exp.Merge:
    """The MERGE with a name for its source, which the engine wants and Snowflake does not."""
    source = merge.args["using"]
    if not source.alias_or_name:
        source.set("alias", exp.TableAlias(this=exp.to_identifier(_UNNAMED)))
    return merge


def operations(merge: exp.Merge) -> frozenset[str]:
    """What the clauses of a MERGE may do: INSERT, UPDATE, DELETE.

    Raises:
        ProgrammingError: 001003 for a clause that does none of them.
    """
    found: set[str] = set()
    for when in merge.args["whens"].expressions:
        words = re.findall(r"\b(INSERT|UPDATE|DELETE)\b", when.args["then"].sql("snowflake").upper())
        if not words:
            raise failure(1003, "42000", "SQL compilation error:\nMERGE clause without INSERT, UPDATE or DELETE.")
        found.add(words[0])
    return frozenset(found)


def counted(done: list[str], possible: frozenset[str]) -> Result:
    """Snowflake's answer to a MERGE: a count for each kind of operation it could have done."""
    counts = {f"number of rows {_VERBS[verb]}": done.count(verb) for verb in _VERBS if verb in possible}
    answer = from_rows(dict.fromkeys(counts, "BIGINT"), [tuple(counts.values())], statement_type=MERGE)
    return Result(answer.table, answer.types, len(done), MERGE)
