"""The rows of the shop, in the order of their tables' columns."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import NamedTuple


class Customer(NamedTuple):
    """A row of CRM.CUSTOMERS."""

    customer_id: int
    name: str
    email: str | None
    country: str
    tier: str | None
    status: str
    signup_date: date


class Product(NamedTuple):
    """A row of CATALOG.PRODUCTS; money in the shop's one currency."""

    product_id: int
    name: str
    category: str | None
    list_price: Decimal
    unit_cost: Decimal | None
    units_received: int
    units_on_hand: int
    launched_on: date


class Order(NamedTuple):
    """A row of SALES.ORDERS; ``ordered_at`` is in UTC."""

    order_id: int
    customer_id: int
    ordered_at: datetime
    status: str
    channel: str


class OrderItem(NamedTuple):
    """A row of SALES.ORDER_ITEMS; ``discount`` is what the whole line costs less."""

    order_id: int
    line_no: int
    product_id: int
    quantity: int
    unit_price: Decimal
    discount: Decimal


class Refund(NamedTuple):
    """A row of SALES.REFUNDS; ``refunded_at`` is in UTC."""

    refund_id: int
    order_id: int
    line_no: int
    refunded_at: datetime
    quantity: int
    amount: Decimal
    reason: str


@dataclass(frozen=True, slots=True)
class Shop:
    """All rows, by table."""

    customers: list[Customer]
    products: list[Product]
    orders: list[Order]
    order_items: list[OrderItem]
    refunds: list[Refund]


@cache
def cents(amount: int) -> Decimal:
    """An amount of money with two decimals."""
    return Decimal(amount).scaleb(-2)
