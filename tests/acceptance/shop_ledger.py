"""What counts as sold and as paid back in the shop's rows, and the arithmetic on it, in plain Python."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any, NamedTuple

from local_cloud.sample_data.shop import Shop

Row = dict[str, Any]
CENT = Decimal("0.01")


def ratio(part: Decimal | int, whole: Decimal | int, step: Decimal = CENT) -> Decimal | None:
    """A quotient rounded half away from zero; none if there is nothing to divide by."""
    if not whole:
        return None
    with localcontext() as context:
        context.prec = 60
        return (Decimal(part) / Decimal(whole)).quantize(step, ROUND_HALF_UP)


def percent(part: Decimal | int, whole: Decimal | int, step: Decimal = CENT) -> Decimal | None:
    return ratio(100 * Decimal(part), whole, step)


def first_of_month(day: date, months_back: int = 0) -> date:
    months = day.year * 12 + day.month - 1 - months_back
    return date(months // 12, months % 12 + 1, 1)


def year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year - 1, day=28)


class Sale(NamedTuple):
    """A line that counts as sold."""

    order_id: int
    customer_id: int
    day: date
    product_id: int
    product: str
    category: str
    units: int
    amount: Decimal
    cost: Decimal | None


class Payback(NamedTuple):
    """A refund with what it belongs to."""

    day: date
    amount: Decimal
    customer_id: int
    product_id: int


@dataclass
class Ledger:
    """What was sold and what was paid back."""

    shop: Shop

    def __post_init__(self) -> None:
        products = {product.product_id: product for product in self.shop.products}
        orders = {order.order_id: order for order in self.shop.orders}
        lines = {(line.order_id, line.line_no): line for line in self.shop.order_items}
        self.received = {product_id: product.units_received for product_id, product in products.items()}
        self.sales = []
        for line in self.shop.order_items:
            order, product = orders[line.order_id], products.get(line.product_id)
            if order.status == "CANCELLED" or line.quantity <= 0:
                continue
            cost = product.unit_cost if product else None
            self.sales.append(
                Sale(
                    order_id=line.order_id,
                    customer_id=order.customer_id,
                    day=order.ordered_at.date(),
                    product_id=line.product_id,
                    product=product.name if product else "UNKNOWN",
                    category=(product.category if product else None) or "UNCATEGORISED",
                    units=line.quantity,
                    amount=line.quantity * line.unit_price - line.discount,
                    cost=None if cost is None else line.quantity * cost,
                )
            )
        self.paybacks = [
            Payback(
                day=refund.refunded_at.date(),
                amount=refund.amount,
                customer_id=orders[refund.order_id].customer_id,
                product_id=lines[refund.order_id, refund.line_no].product_id,
            )
            for refund in self.shop.refunds
        ]

    def sold(self, first: date, last: date) -> list[Sale]:
        return [sale for sale in self.sales if first <= sale.day <= last]

    def paid_back(self, first: date, last: date) -> Decimal:
        return sum((back.amount for back in self.paybacks if first <= back.day <= last), Decimal("0.00"))


def amounts(pairs: Iterable[tuple[Any, Decimal]]) -> defaultdict[Any, Decimal]:
    added: defaultdict[Any, Decimal] = defaultdict(lambda: Decimal("0.00"))
    for key, amount in pairs:
        added[key] += amount
    return added


def total(sales: Iterable[Sale]) -> Decimal:
    return sum((sale.amount for sale in sales), Decimal("0.00"))


def orders_of(sales: Iterable[Sale]) -> int:
    return len({sale.order_id for sale in sales})


def customers_of(sales: Iterable[Sale]) -> int:
    return len({sale.customer_id for sale in sales})


def margin_of(sales: Iterable[Sale]) -> Decimal:
    return sum((sale.amount - sale.cost for sale in sales if sale.cost is not None), Decimal("0.00"))
