"""Log events as text files, so that they can be read with any pager and outlive the server.

One file per stream, one line per event: an ISO 8601 moment in UTC with milliseconds, a space, the message; further
lines of a message begin with a tab.
`DIR/logs/<account>/<region>/<group, percent-encoded>/<stream>.log`
"""

import shutil
import urllib.parse
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.aws.fargate.world import Place

SUFFIX = ".log"
_LINE_END, _NEXT_LINE = "\n", "\n\t"


@dataclass(frozen=True, slots=True)
class StoredStream:
    """A stream read back; `events` are (Unix time in ms, message) pairs."""

    place: Place
    group: str
    stream: str
    events: list[tuple[int, str]]


class LogFiles:
    """Appends events to files under a folder and reads them back."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def append(self, place: Place, group: str, stream: str, events: list[tuple[int, str]]) -> None:
        """Append events to a stream's file."""
        path = self._path(place, group, stream)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = "".join(f"{_moment(at_ms)} {message.replace(_LINE_END, _NEXT_LINE)}\n" for at_ms, message in events)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def read_all(self) -> Iterator[StoredStream]:
        """Answer with every stream that was kept; a line cut short by a crash is left out."""
        for path in sorted(self._root.rglob(f"*{SUFFIX}")):
            account, region, group, *rest = path.relative_to(self._root).parts
            stream = "/".join(rest).removesuffix(SUFFIX)
            with path.open(encoding="utf-8", newline="\n") as file:
                events = _events(file)
            yield StoredStream(Place(account, region), urllib.parse.unquote(group), stream, events)

    def remove(self, place: Place, group: str, stream: str | None = None) -> None:
        """Remove the file of one stream, or those of all streams of a group."""
        if stream is None:
            shutil.rmtree(self._folder(place, group), ignore_errors=True)
        else:
            self._path(place, group, stream).unlink(missing_ok=True)

    def forget(self) -> None:
        """Remove every file that is kept."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _path(self, place: Place, group: str, stream: str) -> Path:
        folder = self._folder(place, group)
        path = (folder / f"{stream}{SUFFIX}").resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError(f"log stream {stream!r} would lie outside {folder}; change awslogs-stream-prefix")
        return path

    def _folder(self, place: Place, group: str) -> Path:
        return self._root / place.account / place.region / urllib.parse.quote(group, safe="")


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def _events(lines: Iterable[str]) -> list[tuple[int, str]]:
    events: list[tuple[int, str]] = []
    for line in lines:
        if event := _event(line):
            events.append(event)
        elif events and line.startswith("\t") and line.endswith("\n"):
            at_ms, message = events.pop()
            events.append((at_ms, f"{message}\n{line[1:-1]}"))
    return events


def _event(line: str) -> tuple[int, str] | None:
    moment, separator, message = line.partition(" ")
    if not separator or not message.endswith("\n"):
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return round(at.timestamp() * 1000), message[:-1]
