"""Which characters the fonts of documents can draw; those that none can are named in words.

A PDF shows only what its fonts hold. A character without a glyph would be an empty box for the reader and nothing at
all for whoever copies or searches the text, so it is named instead: ``[grinning face]``. What a font holds stands in
its table ``cmap``, formats 4 and 12 (OpenType 1.9, "cmap").
"""

import re
import struct
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from runner.documents.fonts import font_folders

_BYTE_ORDER: Final = "\ufeff"
_COLLECTION: Final = b"ttcf"
# Marks that shape or join their neighbours and are never drawn themselves.
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_JOINED: Final = re.compile("(?<=\\])[\u200d\ufe00-\ufe0f]+|[\u200d\ufe00-\ufe0f]+(?=\\[)")


def drawable(text: str) -> str:
    """The text with each character that no font can draw named in brackets."""
    if text.isascii():
        return text
    text = text.replace(_BYTE_ORDER, "")
    known = _known()
    if all(character in known for character in set(text)):
        return text
    named = "".join(character if character in known else _named(character) for character in text)
    return _JOINED.sub("", named)


def _named(character: str) -> str:
    name = unicodedata.name(character, "").lower()
    return f"[{name or f'U+{ord(character):04X}'}]"


class _Known:
    """Characters with a glyph; looked up once each."""

    def __init__(self, spans: list[tuple[int, int]]) -> None:
        self._spans = spans
        self._found: dict[str, bool] = {"\n": True, "\t": True, "\r": True}

    def __contains__(self, character: str) -> bool:
        if character not in self._found:
            code = ord(character)
            seen = not _UNSEEN.match(character)
            self._found[character] = not seen or any(first <= code <= last for first, last in self._spans)
        return self._found[character]


@cache
def _known() -> _Known:
    fonts = [path for folder in font_folders() for path in sorted(folder.iterdir()) if path.suffix in {".ttf", ".ttc"}]
    return _Known([span for path in fonts for span in spans(path)])


def spans(path: Path) -> Iterator[tuple[int, int]]:
    """The first and last code points of the runs that a font file holds; of a collection, its first font's."""
    with path.open("rb") as file:
        head = file.read(16)
        start = struct.unpack(">I", head[12:16])[0] if head[:4] == _COLLECTION else 0
        file.seek(start + 4)
        tables = struct.unpack(">H6x", file.read(8))[0]
        for _ in range(tables):
            tag, offset, length = struct.unpack(">4s4xII", file.read(16))
            if tag == b"cmap":
                file.seek(offset)
                yield from _spans_of(file.read(length))
                return


def _spans_of(cmap: bytes) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", cmap, 2)[0]
    for place in range(count):
        offset = struct.unpack_from(">I", cmap, 8 + 8 * place)[0]
        kind = struct.unpack_from(">H", cmap, offset)[0]
        if kind == 4:
            yield from _format_4(cmap, offset)
        elif kind == 12:
            groups = struct.unpack_from(">I", cmap, offset + 12)[0]
            for group in range(groups):
                first, last, _ = struct.unpack_from(">III", cmap, offset + 16 + 12 * group)
                yield first, last


def _format_4(cmap: bytes, offset: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", cmap, offset + 6)[0] // 2
    numbers = struct.Struct(f">{count}H")
    ends = numbers.unpack_from(cmap, offset + 14)
    starts = numbers.unpack_from(cmap, offset + 16 + 2 * count)
    deltas = numbers.unpack_from(cmap, offset + 16 + 4 * count)
    at = offset + 16 + 6 * count
    for place, (first, last, delta, reach) in enumerate(
        zip(starts, ends, deltas, numbers.unpack_from(cmap, at), strict=True)
    ):
        if first == 0xFFFF:
            continue
        if reach == 0:
            holes = [code for code in range(first, last + 1) if (code + delta) & 0xFFFF == 0]
        else:
            row = at + 2 * place + reach
            glyphs = struct.unpack_from(f">{last - first + 1}H", cmap, row)
            holes = [first + number for number, glyph in enumerate(glyphs) if glyph == 0]
        for before, after in pairwise([first - 1, *holes, last + 1]):
            if before + 1 <= after - 1:
                yield before + 1, after - 1
