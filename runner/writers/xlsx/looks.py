"""What a column is in a spreadsheet: which kind of cell, and in which number format.

Number formats are written in Excel's own neutral way (``#,##0.00``); the program shows them with the separators of
whoever opens the file, so the report's locale is not in them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from contract.presentation import ColumnFormat, ColumnKind
from runner.arrow import DataType, pa
from runner.writers.format import Column
from runner.writers.locales import currency_places

GENERAL: Final = "General"
# As many places as documents show of a float; two stand always, for a format cannot leave the point out.
_FLOAT: Final = "#,##0.00####"
_DATE: Final = "yyyy-mm-dd"
_MONTH: Final = "mmm yyyy"
_TIMESTAMP: Final = "yyyy-mm-dd hh:mm:ss"
_TIME: Final = "hh:mm:ss"
_DAYS: Final[dict[ColumnKind | None, str]] = {ColumnKind.DATE: _DATE, ColumnKind.MONTH: _MONTH}


class CellKind(StrEnum):
    """How a value lies in a cell."""

    NUMBER = "number"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    TIME = "time"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Look:
    """One column of a sheet: the kind of its cells and their number format."""

    cell: CellKind
    number_format: str


def look_of(column: Column, kind: DataType) -> Look:
    """How a column of an Arrow type is shown.

    What is asked for in the definition goes as far as the type allows: text stays text, whatever format it has.
    """
    cell = _cell_of(kind)
    if column.look.kind is ColumnKind.TEXT or column.is_json:
        cell = CellKind.TEXT
    match cell:
        case CellKind.NUMBER:
            return Look(cell, _number_format(column.look, kind))
        case CellKind.TIMESTAMP:
            return Look(cell, _DAYS.get(column.look.kind, _TIMESTAMP))
        case CellKind.DATE:
            return Look(cell, _DAYS.get(column.look.kind, _DATE))
        case CellKind.TIME:
            return Look(cell, _TIME)
        case _:
            return Look(cell, GENERAL)


def _cell_of(kind: DataType) -> CellKind:
    if pa.types.is_boolean(kind):
        return CellKind.BOOLEAN
    if pa.types.is_integer(kind) or pa.types.is_decimal(kind) or pa.types.is_floating(kind):
        return CellKind.NUMBER
    if pa.types.is_date(kind):
        return CellKind.DATE
    if pa.types.is_timestamp(kind):
        return CellKind.TIMESTAMP
    return CellKind.TIME if pa.types.is_time(kind) else CellKind.TEXT


def _number_format(look: ColumnFormat, kind: DataType) -> str:
    scale = kind.scale if pa.types.is_decimal(kind) else 0
    if look.kind is None and look.decimals is None:
        # A number nobody gave a format may be an identifier, which thousands' separators would spoil.
        return f"#,##0{_places(scale)}" if scale > 0 else GENERAL
    match look.kind:
        case ColumnKind.CURRENCY:
            places = currency_places(look.currency or "") if look.decimals is None else look.decimals
            return f"[${look.currency}] #,##0{_places(places)}"
        case ColumnKind.PERCENT:
            places = _percent_places(look, kind)
            return f"0{_places(places)}%" if look.fraction else f'0{_places(places)}"%"'
        case _:
            if look.decimals is None and pa.types.is_floating(kind):
                return _FLOAT
            return f"#,##0{_places(scale if look.decimals is None else look.decimals)}"


def _places(count: int) -> str:
    return "." + "0" * count if count > 0 else ""


def _percent_places(look: ColumnFormat, kind: DataType) -> int:
    if look.decimals is not None:
        return look.decimals
    # A format of a spreadsheet cannot show a float with just the places that it has, as documents do.
    return kind.scale if pa.types.is_decimal(kind) else int(pa.types.is_floating(kind))
