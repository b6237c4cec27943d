"""Which local program stands for which image."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Image:
    """What an image brings: its ENTRYPOINT, its ENV, its WORKDIR and its CMD."""

    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)
    working_dir: Path | None = None
    arguments: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """What names these contents, in a registry's form; the same entry has the same digest."""
        parts = [list(self.command), sorted(self.environment.items()), str(self.working_dir)]
        parts += [list(self.arguments)] if self.arguments else []
        return f"sha256:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()}"


class ImageFileError(Exception):
    """The file of images cannot be used; the text says where and why."""


class ImageMap:
    """Images by name, from a JSON file that is read again whenever it changes.

    The file holds an object: image name, as task definitions write it, to
    `{"command": [..], "environment": {..}, "working_dir": "..", "arguments": [..]}`.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: tuple[int, int] | None = None
        self._images: dict[str, Image] = {}

    def check(self) -> None:
        """Read the file, to find its mistakes early.

        Raises:
            ImageFileError: when the file is missing or is not such an object.
        """
        self.find("")

    def find(self, name: str) -> Image | None:
        """Look an image up.

        Raises:
            ImageFileError: when the file is missing or is not such an object.
        """
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size)
            if stamp != self._stamp:
                self._images, self._stamp = parse_images(self._path.read_text()), stamp
        except (OSError, ValueError) as error:
            raise ImageFileError(
                f"the file of images {self._path} cannot be used: {error}; it must hold a JSON object of "
                'image name to {"command": [..], "environment": {..}, "working_dir": ".."}'
            ) from error
        return self._images.get(name)


def parse_images(text: str) -> dict[str, Image]:
    """Read the JSON of an image file.

    Raises:
        ValueError: for text that is not such an object, naming the image at fault.
    """
    document = json.loads(text)
    if not isinstance(document, dict):
        raise ImageShapeError("the top level is not an object")
    return {name: _image(name, entry) for name, entry in document.items()}


class ImageShapeError(ValueError):
    """A part of the file has the wrong shape."""


def _image(name: str, entry: Any) -> Image:
    command = entry.get("command") if isinstance(entry, dict) else None
    if not isinstance(command, list) or not all(isinstance(word, str) for word in command):
        raise ImageShapeError(f"image {name!r} has no list of strings `command`")
    working_dir, arguments = entry.get("working_dir"), entry.get("arguments") or []
    return Image(
        command=tuple(command),
        environment={key: str(value) for key, value in (entry.get("environment") or {}).items()},
        working_dir=Path(working_dir) if working_dir else None,
        arguments=tuple(map(str, arguments)),
    )
