"""Log events of containers as text files, so that they can be read with any pager and outlive the server.

One file per stream, one line per event: an ISO 8601 moment in UTC with milliseconds, a space, the message.
`DIR/logs/<account>/<region>/<group, percent-encoded>/<stream>.log`
"""

import shutil
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from local_cloud.aws.fargate.world import Place

SUFFIX = ".log"


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
        text = "".join(f"{_moment(at_ms)} {message}\n" for at_ms, message in events)
        with path.open("a", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def read_all(self) -> Iterator[StoredStream]:
        """Answer with every stream that was kept; a line cut short by a crash is left out."""
        for path in sorted(self._root.rglob(f"*{SUFFIX}")):
            account, region, group, *rest = path.relative_to(self._root).parts
            stream = "/".join(rest).removesuffix(SUFFIX)
            with path.open(encoding="utf-8", newline="\n") as file:
                events = [event for line in file if (event := _event(line))]
            yield StoredStream(Place(account, region), urllib.parse.unquote(group), stream, events)

    def forget(self) -> None:
        """Remove every file that is kept."""
        shutil.rmtree(self._root, ignore_errors=True)

    def _path(self, place: Place, group: str, stream: str) -> Path:
        folder = self._root / place.account / place.region / urllib.parse.quote(group, safe="")
        path = (folder / f"{stream}{SUFFIX}").resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError(f"log stream {stream!r} would lie outside {folder}; change awslogs-stream-prefix")
        return path


def _moment(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{at_ms % 1000:03d}Z"


def _event(line: str) -> tuple[int, str] | None:
    moment, separator, message = line.partition(" ")
    if not separator or not message.endswith("\n"):
        return None
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return round(at.timestamp() * 1000), message[:-1]
