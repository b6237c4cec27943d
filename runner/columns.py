"""The columns of a result: from Snowflake's description to names, Arrow types and looks."""

from collections.abc import Iterable
from typing import Final, Protocol

from snowflake.connector.constants import FIELD_ID_TO_NAME

from contract.outcome import ExitCode
from contract.presentation import ColumnFormat
from contract.report import Query
from runner.arrow import DataType, pa
from runner.failures import RunFailedError, WrongDefinitionError
from runner.writers.format import Column

_JSON_TYPES: Final = frozenset({"VARIANT", "OBJECT", "ARRAY"})
_INT64_DIGITS: Final = 18
_MICROSECOND_DIGITS: Final = 6
_PLAIN: Final[dict[str, DataType]] = {
    "REAL": pa.float64(),
    "TEXT": pa.string(),
    "DATE": pa.date32(),
    "BINARY": pa.binary(),
    "BOOLEAN": pa.bool_(),
    # The connector hands out microseconds, whatever the column holds.
    "TIME": pa.time64("us"),
    "VARIANT": pa.string(),
    "OBJECT": pa.string(),
    "ARRAY": pa.string(),
    "GEOGRAPHY": pa.string(),
    "GEOMETRY": pa.string(),
    "FILE": pa.string(),
    # As it comes: a list whose length only the rows know, a map of what the column says.
    "VECTOR": None,
    "MAP": None,
}
_ZONES: Final = {"TIMESTAMP_NTZ": None, "TIMESTAMP": None, "TIMESTAMP_LTZ": "UTC", "TIMESTAMP_TZ": "UTC"}


class Described(Protocol):
    """One entry of a cursor's description."""

    @property
    def name(self) -> str:
        """The column's name, in capitals unless it was quoted."""
        ...

    @property
    def type_code(self) -> int:
        """The connector's number of the column's type."""
        ...

    @property
    def precision(self) -> int | None:
        """Digits of a number."""
        ...

    @property
    def scale(self) -> int | None:
        """Digits after the point, of a number or of a second."""
        ...


def columns_of(query: Query, description: Iterable[Described]) -> tuple[Column, ...]:
    """The columns of a query's result, in order.

    Raises:
        RunFailedError: two have one name (12), or one has a type that no file holds (10).
    """
    looks = {name.lower(): look for name, look in query.columns.items()}
    columns = []
    for entry in description:
        name, kind = entry.name.lower(), FIELD_ID_TO_NAME[entry.type_code]
        if kind not in _PLAIN and kind not in _ZONES and kind != "FIXED":
            raise WrongDefinitionError(
                f"column {name} of query {query.name} has the type {kind or entry.type_code}, which no file can hold; "
                "cast it to VARCHAR in the query",
                kind="UnfitColumn",
                query=query.name,
            )
        arrow = arrow_type(kind, entry.precision, entry.scale)
        columns.append(Column(name, kind in _JSON_TYPES, looks.get(name, ColumnFormat()), arrow, kind))
    _check_names(query, columns)
    return tuple(columns)


def arrow_type(kind: str, precision: int | None, scale: int | None) -> DataType:
    """The Arrow type that holds every value of a Snowflake type; None where only the rows can say it.

    Args:
        kind: the connector's word for the type.
        precision: digits of a FIXED, 38 where nobody says.
        scale: its digits after the point, or those of a second.
    """
    if kind == "FIXED":
        digits = precision or 38
        return pa.int64() if not scale and digits <= _INT64_DIGITS else pa.decimal128(digits, scale or 0)
    if kind in _ZONES:
        is_fine = scale is None or scale > _MICROSECOND_DIGITS
        return pa.timestamp("ns" if is_fine else "us", _ZONES[kind])
    return _PLAIN[kind]


def _check_names(query: Query, columns: list[Column]) -> None:
    names = [column.name for column in columns]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise RunFailedError(
            ExitCode.QUERY_FAILED,
            f"query {query.name} has more than one column {', '.join(twice)}; give each a name of its own with AS",
            query=query.name,
        )
