"""The shop's tables, and their rows as files for a bulk load."""

import csv
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from local_cloud.sample_data.shop import Customer, Order, OrderItem, Product, Refund, Shop


class Table(NamedTuple):
    """One table of the shop; `name` is with its schema."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Shop], Sequence[tuple[object, ...]]]

    @property
    def short(self) -> str:
        """The name without its schema, in small letters."""
        return self.name.partition(".")[2].lower()

    @property
    def file(self) -> str:
        """The name of the file with its rows."""
        return f"{self.short}.csv"


TABLES: Final = (
    Table("CRM.CUSTOMERS", Customer._fields, lambda shop: shop.customers),
    Table("CATALOG.PRODUCTS", Product._fields, lambda shop: shop.products),
    Table("SALES.ORDERS", Order._fields, lambda shop: shop.orders),
    Table("SALES.ORDER_ITEMS", OrderItem._fields, lambda shop: shop.order_items),
    Table("SALES.REFUNDS", Refund._fields, lambda shop: shop.refunds),
)


class Made(NamedTuple):
    """A shop as files: the folder they lie in, and the rows by table."""

    folder: Path
    rows: dict[str, int]


def write(shop: Shop, folder: Path) -> Made:
    """Write one file for each table."""
    rows = {table.name: table.rows(shop) for table in TABLES}
    for table in TABLES:
        with folder.joinpath(table.file).open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(table.columns)
            writer.writerows(rows[table.name])
    return Made(folder, {name: len(found) for name, found in rows.items()})
