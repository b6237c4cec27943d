"""Faults put in on purpose, a known number of each, for the report on data quality to find."""

import random
from datetime import date, timedelta
from typing import Final

from local_cloud.sample_data.shop import Customer, Order, OrderItem, Product, Refund, Shop, cents

FAULTS: Final = {
    "duplicate_email": 12,
    "malformed_email": 8,
    "negative_quantity": 25,
    "free_line": 10,
    "unknown_product": 5,
    "unknown_customer": 6,
    "before_signup": 20,
    "refund_above_line": 7,
    "more_on_hand_than_received": 3,
}
"""How many rows were given each fault; other rows can share it by chance, or as its consequence."""

NOBODY: Final = 1
"""A customer id that no customer has."""

NOTHING: Final = 2
"""A product id that no product has."""


def with_faults(shop: Shop, rng: random.Random) -> Shop:
    """The shop with its faults, each in rows of its own."""
    orders = list(shop.orders)
    drawn = rng.sample(range(len(orders)), FAULTS["unknown_customer"] + FAULTS["before_signup"])
    strangers, early = drawn[: FAULTS["unknown_customer"]], drawn[FAULTS["unknown_customer"] :]
    for place in strangers:
        orders[place] = orders[place]._replace(customer_id=NOBODY)
    return Shop(
        customers=_signed_up_late(_with_odd_emails(shop.customers, rng), orders, early),
        products=_miscounted(shop.products, rng),
        orders=orders,
        order_items=_with_odd_lines(shop.order_items, rng),
        refunds=_refunded_too_much(shop.refunds, rng),
    )


def _with_odd_emails(customers: list[Customer], rng: random.Random) -> list[Customer]:
    odd = list(customers)
    reachable = [place for place, customer in enumerate(customers) if customer.email]
    drawn = rng.sample(reachable, 2 * FAULTS["duplicate_email"] + FAULTS["malformed_email"])
    for _ in range(FAULTS["duplicate_email"]):
        original, copy = drawn.pop(), drawn.pop()
        odd[copy] = odd[copy]._replace(email=customers[original].email)
    for place in drawn:
        odd[place] = odd[place]._replace(email=f"{odd[place].name} at example")
    return odd


def _signed_up_late(customers: list[Customer], orders: list[Order], places: list[int]) -> list[Customer]:
    # The customer of an order signs up the day after his first one; that one stays where it is.
    first: dict[int, date] = {}
    for order in orders:
        first.setdefault(order.customer_id, order.ordered_at.date())
    late = {orders[place].customer_id for place in places}
    return [
        customer._replace(signup_date=first[customer.customer_id] + timedelta(days=1))
        if customer.customer_id in late
        else customer
        for customer in customers
    ]


def _with_odd_lines(lines: list[OrderItem], rng: random.Random) -> list[OrderItem]:
    odd = list(lines)
    drawn = rng.sample(range(len(odd)), FAULTS["negative_quantity"] + FAULTS["free_line"] + FAULTS["unknown_product"])
    for _ in range(FAULTS["negative_quantity"]):
        place = drawn.pop()
        odd[place] = odd[place]._replace(quantity=-odd[place].quantity)
    for _ in range(FAULTS["free_line"]):
        place = drawn.pop()
        odd[place] = odd[place]._replace(unit_price=cents(0), discount=cents(0))
    for place in drawn:
        odd[place] = odd[place]._replace(product_id=NOTHING)
    return odd


def _refunded_too_much(refunds: list[Refund], rng: random.Random) -> list[Refund]:
    odd = list(refunds)
    for place in rng.sample(range(len(odd)), FAULTS["refund_above_line"]):
        odd[place] = odd[place]._replace(amount=odd[place].amount * 3)
    return odd


def _miscounted(products: list[Product], rng: random.Random) -> list[Product]:
    odd = list(products)
    for place in rng.sample(range(len(odd)), FAULTS["more_on_hand_than_received"]):
        odd[place] = odd[place]._replace(units_on_hand=odd[place].units_received + 15)
    return odd
