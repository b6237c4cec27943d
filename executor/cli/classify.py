"""``classify``: failure texts in, their causes out; nothing is asked of anybody."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from executor.cli.errors import CommandError, Exit
from executor.cli.own_causes import OwnFile, catalogue
from executor.core.classify import Answer
from executor.core.classify import classify as answer_for


@dataclass(frozen=True, slots=True)
class Captured:
    """One text as it was given."""

    text: str
    where: str | None


def classify(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[TEXT|FILE|-]",
            help="A text; or a file, or standard input, of one text per line, as it is or as JSON with text and where; "
            "or one JSON document.",
        ),
    ] = None,
    where: Annotated[
        str | None,
        typer.Option(
            help="Where the texts were said: stoppedReason, log, snowflake, api, exit, event, runtask, failure."
        ),
    ] = None,
    causes_file: OwnFile = None,
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object per text.")] = False,
) -> None:
    """Tell the cause of failure texts, without any connection."""
    known = catalogue(causes_file)
    for one in _captured(source, where):
        found = answer_for(known, one.text, one.where)
        sys.stdout.write((json.dumps(_told(one, found), ensure_ascii=False) if json_ else _shown(one, found)) + "\n")


def _captured(source: str | None, where: str | None) -> Iterator[Captured]:
    if source not in {None, "-"} and not _is_file(str(source)):
        yield from _document(str(source), where) or [_parsed(str(source), where)]
        return
    if source is None and sys.stdin.isatty():
        raise CommandError("say a text or a file, or pipe texts in: reporting classify 'TEXT'", Exit.USAGE)
    given = sys.stdin.buffer.read() if source in {None, "-"} else Path(str(source)).read_bytes()
    said = given.decode(errors="replace")
    lines = (line.rstrip("\r") for line in said.split("\n") if line.strip())
    yield from _document(said, where) or (_parsed(line, where) for line in lines)


def _document(said: str, where: str | None) -> list[Captured]:
    """The texts of a JSON array, or the one JSON object that goes over several lines; none where it is neither."""
    plain = said.strip()
    if not (plain.startswith("[") or (plain.startswith("{") and "\n" in plain)):
        return []
    try:
        read = json.loads(plain)
    except ValueError:
        return []
    if isinstance(read, dict):
        return [_parsed(json.dumps(read, ensure_ascii=False), where)]
    if not all(isinstance(one, (str, dict)) for one in read):
        return []
    return [_parsed(one if isinstance(one, str) else json.dumps(one, ensure_ascii=False), where) for one in read]


def _is_file(source: str) -> bool:
    try:
        return Path(source).is_file()
    except (OSError, ValueError):
        return False  # too long for a name, or with a byte that no name has: a text


def _parsed(line: str, where: str | None) -> Captured:
    """A line as it is, or the text and place that a JSON object says."""
    if line.lstrip().startswith("{"):
        try:
            read = json.loads(line)
        except ValueError:
            read = None
        if isinstance(read, dict) and "text" in read:
            place = read.get("where")
            return Captured(_text(read["text"]), where if place is None else str(place))
    return Captured(line, where)


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _told(one: Captured, found: Answer) -> dict[str, Any]:
    place = {} if one.where is None else {"where": one.where}
    return {
        "cause_id": found.cause_id,
        "family": found.family,
        "retry_helps": found.retry_helps,
        "certainty": found.certainty,
        "remedy": found.remedy,
        "text": one.text,
        **place,
    }


def _shown(one: Captured, found: Answer) -> str:
    means = f"\n  {found.cause.summary}" if found.cause else ""
    text = "\n    ".join(one.text.splitlines())
    return (
        f"{found.cause_id} (family {found.family}, {found.certainty}; a retry helps: {found.retry_helps}){means}"
        f"\n  What to do: {found.remedy}\n  Said: {text}\n"
    )
