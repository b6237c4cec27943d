"""The generated shop: the same for the same arguments, and shaped like a shop's."""

import csv
import re
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from local_cloud.sample_data.faults import FAULTS, NOBODY, NOTHING
from local_cloud.sample_data.generate import generate
from local_cloud.sample_data.shop import Order, Shop
from local_cloud.sample_data.tables import write

LAST_DAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def shop() -> Shop:
    return generate(LAST_DAY)


def test_the_same_day_and_seed_give_the_same_rows(shop: Shop) -> None:
    assert generate(LAST_DAY, 7) == shop


def test_another_seed_gives_another_shop(shop: Shop) -> None:
    assert generate(LAST_DAY, 8).orders != shop.orders


def test_a_leap_day_may_be_the_last() -> None:
    made = generate(date(2024, 2, 29))
    assert max(order.ordered_at.date() for order in made.orders) == date(2024, 2, 29)
    assert len(made.order_items) >= 190_000


def test_it_is_large_enough_and_ends_with_the_last_day(shop: Shop) -> None:
    assert len(shop.order_items) >= 200_000
    days = {order.ordered_at.date() for order in shop.orders}
    assert (min(days), max(days)) == (LAST_DAY - timedelta(days=730), LAST_DAY)
    assert len(days) == 731
    assert max(refund.refunded_at.date() for refund in shop.refunds) <= LAST_DAY


def test_keys_are_unique_and_lines_belong_to_orders(shop: Shop) -> None:
    orders = {order.order_id for order in shop.orders}
    lines = {(line.order_id, line.line_no) for line in shop.order_items}
    assert len(orders) == len(shop.orders)
    assert len(lines) == len(shop.order_items)
    assert {order_id for order_id, _ in lines} == orders
    assert {(refund.order_id, refund.line_no) for refund in shop.refunds} <= lines
    assert len({customer.customer_id for customer in shop.customers}) == len(shop.customers)
    assert len({product.product_id for product in shop.products}) == len(shop.products)


def test_december_sells_more_than_february_and_the_second_year_more_than_the_first(shop: Shop) -> None:
    by_month = Counter((order.ordered_at.year, order.ordered_at.month) for order in shop.orders)
    assert by_month[2025, 12] > 1.4 * by_month[2025, 2]
    assert by_month[2026, 6] > 1.1 * by_month[2025, 6]


def test_fridays_are_busier_than_wednesdays(shop: Shop) -> None:
    by_weekday = Counter(order.ordered_at.weekday() for order in shop.orders)
    assert by_weekday[4] > 1.08 * by_weekday[2]


def test_few_products_sell_much_and_many_sell_little(shop: Shop) -> None:
    units = Counter(line.product_id for line in shop.order_items)
    ranked = [count for _, count in units.most_common()]
    assert sum(ranked[: len(ranked) // 10]) > 0.4 * sum(ranked)
    assert sum(ranked[len(ranked) // 2 :]) < 0.25 * sum(ranked)


def test_most_buyers_come_back(shop: Shop) -> None:
    orders = Counter(order.customer_id for order in shop.orders)
    assert sum(count > 1 for count in orders.values()) > 0.6 * len(orders)


def test_tiers_and_statuses_are_all_there(shop: Shop) -> None:
    assert {customer.tier for customer in shop.customers} == {"BRONZE", "SILVER", "GOLD", "PLATINUM", None}
    assert {customer.status for customer in shop.customers} == {"ACTIVE", "INACTIVE", "CHURNED"}
    statuses = Counter(order.status for order in shop.orders)
    assert set(statuses) == {"COMPLETED", "CANCELLED", "PENDING", "SHIPPED"}
    assert 0.03 < statuses["CANCELLED"] / len(shop.orders) < 0.05


def test_money_has_two_decimals(shop: Shop) -> None:
    amounts = [line.unit_price for line in shop.order_items] + [line.discount for line in shop.order_items]
    amounts += [refund.amount for refund in shop.refunds] + [product.list_price for product in shop.products]
    assert {amount.as_tuple().exponent for amount in amounts} == {-2}
    assert min(amounts) >= Decimal(0)


def test_every_kind_of_fault_is_there_in_its_number(shop: Shop) -> None:
    emails = Counter(customer.email for customer in shop.customers if customer.email)
    lines = {(line.order_id, line.line_no): line for line in shop.order_items}
    signups = {customer.customer_id: customer.signup_date for customer in shop.customers}
    early = {
        order.customer_id
        for order in shop.orders
        if order.customer_id in signups and order.ordered_at.date() < signups[order.customer_id]
    }
    found = {
        "duplicate_email": sum(count - 1 for count in emails.values()),
        "malformed_email": sum(re.fullmatch(r"\S+@\S+\.\S+", email) is None for email in emails),
        "negative_quantity": sum(line.quantity < 0 for line in shop.order_items),
        "free_line": sum(line.unit_price == 0 for line in shop.order_items),
        "unknown_product": sum(line.product_id == NOTHING for line in shop.order_items),
        "unknown_customer": sum(order.customer_id == NOBODY for order in shop.orders),
        "more_on_hand_than_received": sum(product.units_on_hand > product.units_received for product in shop.products),
    }
    assert found == {name: FAULTS[name] for name in found}
    assert 0 < len(early) <= FAULTS["before_signup"]
    too_much = sum(
        refund.amount > line.quantity * line.unit_price - line.discount
        for refund in shop.refunds
        for line in [lines[refund.order_id, refund.line_no]]
    )
    assert too_much >= FAULTS["refund_above_line"] - 3  # a threefold part of a line may still be less than the line
    assert {customer.email is None for customer in shop.customers} == {True, False}
    assert {product.category is None for product in shop.products} == {True, False}
    assert {product.unit_cost is None for product in shop.products} == {True, False}


def test_the_files_hold_what_the_shop_holds(shop: Shop, tmp_path: Path) -> None:
    made = write(shop, tmp_path)
    assert made.rows["SALES.ORDERS"] == len(shop.orders)
    with (made.folder / "orders.csv").open(newline="", encoding="utf-8") as file:
        header, first, *_ = csv.reader(file)
    assert tuple(header) == Order._fields
    assert first == [str(value) for value in shop.orders[0]]
