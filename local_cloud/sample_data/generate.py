"""The whole shop, made in one go from a seed and a last day."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from local_cloud.collecting import uncollected
from local_cloud.sample_data.assortment import articles, as_products
from local_cloud.sample_data.baskets import Shelf, orders
from local_cloud.sample_data.faults import with_faults
from local_cloud.sample_data.people import Buyers, as_customers, people
from local_cloud.sample_data.returns import refunds
from local_cloud.sample_data.shop import Order, OrderItem, Shop

MODEL_VERSION: Final = 1
"""Rises when the same seed and day give other rows."""

_DAYS: Final = 731


def generate(last_day: date, seed: int = 7) -> Shop:
    """24 months of a shop's business up to and including the last day; the same rows for the same arguments."""
    with uncollected():  # 300,000 rows, all of which stay
        return _generate(last_day, seed)


def _generate(last_day: date, seed: int) -> Shop:
    rng = random.Random(f"{seed}:{last_day.isoformat()}")
    first_day = last_day - timedelta(days=_DAYS - 1)
    everyone, everything = people(rng, first_day, last_day), articles(rng, first_day, last_day)
    baskets = list(orders(rng, first_day, last_day, Buyers(everyone), Shelf(everything)))
    bought, sold_units = _totals(baskets)
    spent = {customer_id: amount for customer_id, (amount, _) in bought.items()}
    last_bought = {customer_id: day for customer_id, (_, day) in bought.items()}
    shop = Shop(
        customers=as_customers(everyone, rng, spent, last_bought, last_day),
        products=as_products(everything, rng, sold_units),
        orders=[order for order, _ in baskets],
        order_items=[line for _, lines in baskets for line in lines],
        refunds=refunds(rng, baskets, last_day),
    )
    return with_faults(shop, rng)


def _totals(
    baskets: list[tuple[Order, list[OrderItem]]],
) -> tuple[dict[int, tuple[Decimal, date]], dict[int, int]]:
    """By customer what was spent and the last day; by product the units sold."""
    bought: dict[int, tuple[Decimal, date]] = {}
    sold: dict[int, int] = {}
    for order, lines in baskets:
        if order.status == "CANCELLED":
            continue
        amount = sum((line.quantity * line.unit_price - line.discount for line in lines), Decimal())
        before, _ = bought.get(order.customer_id, (Decimal(), None))
        bought[order.customer_id] = (before + amount, order.ordered_at.date())
        for line in lines:
            sold[line.product_id] = sold.get(line.product_id, 0) + line.quantity
    return bought, sold
