"""What the report on data quality must find, looked for row by row in plain Python."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from local_cloud.sample_data.shop import Customer, Shop
from tests.acceptance.shop_figures import Row
from tests.acceptance.shop_ledger import percent

RATE_STEP = Decimal("0.0001")


Check = tuple[str, Callable[[Any], bool]]
WELL_FORMED = re.compile(r".+@.+\..+", re.DOTALL)


def customer_checks(customers: list[Customer]) -> list[Check]:
    emails = Counter(customer.email.lower() for customer in customers if customer.email)
    return [
        ("customer_has_email", lambda c: c.email is None),
        ("customer_email_is_well_formed", lambda c: c.email is not None and not WELL_FORMED.fullmatch(c.email)),
        ("customer_email_is_unique", lambda c: c.email is not None and emails[c.email.lower()] > 1),
        ("customer_has_tier", lambda c: c.tier is None),
    ]


PRODUCT_CHECKS: list[Check] = [
    ("product_has_category", lambda p: p.category is None),
    ("product_has_cost", lambda p: p.unit_cost is None),
    ("product_stock_adds_up", lambda p: p.units_on_hand > p.units_received),
]


def order_checks(shop: Shop) -> list[Check]:
    signups = {customer.customer_id: customer.signup_date for customer in shop.customers}
    return [
        ("order_has_known_customer", lambda o: o.customer_id not in signups),
        ("order_is_after_signup", lambda o: o.ordered_at.date() < signups.get(o.customer_id, date.min)),
    ]


def line_checks(shop: Shop) -> list[Check]:
    known = {product.product_id for product in shop.products}
    return [
        ("line_quantity_is_positive", lambda i: i.quantity <= 0),
        ("line_price_is_positive", lambda i: i.unit_price <= 0),
        ("line_has_known_product", lambda i: i.product_id not in known),
    ]


def refund_checks(shop: Shop) -> list[Check]:
    ordered_at = {order.order_id: order.ordered_at for order in shop.orders}
    amounts = {(i.order_id, i.line_no): i.quantity * i.unit_price - i.discount for i in shop.order_items}
    return [
        ("refund_is_within_line_amount", lambda r: r.amount > amounts[r.order_id, r.line_no]),
        ("refund_is_after_order", lambda r: r.refunded_at < ordered_at[r.order_id]),
    ]


def checks(shop: Shop, as_of: date) -> list[Row]:
    """One row per check."""
    customers = [customer for customer in shop.customers if customer.signup_date <= as_of]
    products = [product for product in shop.products if product.launched_on <= as_of]
    orders = [order for order in shop.orders if order.ordered_at.date() <= as_of]
    order_ids = {order.order_id for order in orders}
    lines = [line for line in shop.order_items if line.order_id in order_ids]
    refunds = [refund for refund in shop.refunds if refund.refunded_at.date() <= as_of]
    tables: list[tuple[str, Sequence[Any], list[Check]]] = [
        ("CRM.CUSTOMERS", customers, customer_checks(customers)),
        ("CATALOG.PRODUCTS", products, PRODUCT_CHECKS),
        ("SALES.ORDERS", orders, order_checks(shop)),
        ("SALES.ORDER_ITEMS", lines, line_checks(shop)),
        ("SALES.REFUNDS", refunds, refund_checks(shop)),
    ]
    counted = [
        (name, table, len(rows), sum(map(fails, rows))) for table, rows, of_table in tables for name, fails in of_table
    ]
    return [
        {
            "check_name": name,
            "table_name": table,
            "checked_rows": checked,
            "failed_rows": failed,
            "pass_rate_pct": percent(checked - failed, checked, RATE_STEP),
            "verdict": "PASS" if failed == 0 else "WARN" if failed / checked <= 0.01 else "FAIL",
        }
        for name, table, checked, failed in counted
    ]


def tables(shop: Shop, as_of: date) -> list[Row]:
    """One row per table: rows, first day, last day, age of the last."""
    ordered_on = {order.order_id: order.ordered_at.date() for order in shop.orders}
    days = {
        "CATALOG.PRODUCTS": [product.launched_on for product in shop.products],
        "CRM.CUSTOMERS": [customer.signup_date for customer in shop.customers],
        "SALES.ORDERS": list(ordered_on.values()),
        "SALES.ORDER_ITEMS": [ordered_on[line.order_id] for line in shop.order_items],
        "SALES.REFUNDS": [refund.refunded_at.date() for refund in shop.refunds],
    }
    rows = []
    for table, all_days in sorted(days.items()):
        counted = [day for day in all_days if day <= as_of]
        rows.append(
            {
                "table_name": table,
                "row_count": len(counted),
                "first_day": min(counted).isoformat(),
                "last_day": max(counted).isoformat(),
                "days_since_last": (as_of - max(counted)).days,
            }
        )
    return rows
