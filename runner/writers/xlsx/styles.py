"""The cell formats of a workbook, numbered in the order in which they are first asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runner.writers.xlsx.looks import GENERAL


@dataclass(frozen=True, slots=True)
class Style:
    """One cell format: the number format, and what sets headers, totals, quoted texts and neighbours apart."""

    number_format: str = GENERAL
    header: bool = False
    right: bool = False
    indented: bool = False
    total: bool = False
    quoted: bool = False

    def properties(self) -> dict[str, Any]:
        """The format in the words of the library XlsxWriter."""
        said: dict[str, Any] = {"num_format": self.number_format}
        if self.header:
            said |= {"bold": True, "bg_color": "#E8EDF3", "bottom": 1, "valign": "top", "text_wrap": True}
        if self.right:
            said |= {"align": "right"}
        if self.indented:
            said |= {"align": "left", "indent": 1}
        if self.total:
            said |= {"bold": True, "top": 1}
        if self.quoted:
            said |= {"quote_prefix": True}
        return said


class Styles:
    """Numbers for styles; 0 is the plain one that every workbook has."""

    def __init__(self) -> None:
        """Know the plain style only."""
        self._numbers: dict[Style, int] = {Style(): 0}

    def number(self, style: Style) -> int:
        """The number by which cells name the style."""
        return self._numbers.setdefault(style, len(self._numbers))

    def __iter__(self) -> Iterator[Style]:
        """The styles in the order of their numbers, without the plain one."""
        return iter(list(self._numbers)[1:])
