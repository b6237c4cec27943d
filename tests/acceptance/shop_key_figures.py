"""The key figures of the business reports beside those of the period before, worked out in plain Python."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.acceptance.shop_figures import Figures, Row
from tests.acceptance.shop_ledger import customers_of, margin_of, orders_of, percent, ratio, total, year_before
from tests.acceptance.shop_quality import RATE_STEP, checks


def beside(now: Mapping[str, Any], earlier: Mapping[str, Any], prefix: str = "previous_") -> list[Row]:
    row: Row = {}
    for name in now:
        row |= {name: now[name], f"{prefix}{name}": earlier[name]}
    return [row]


def days_before(first: date, last: date) -> tuple[date, date]:
    return first - (last - first) - timedelta(days=1), first - timedelta(days=1)


def month_before(day: date) -> date:
    last_of_month = day.replace(day=1) - timedelta(days=1)
    return last_of_month.replace(day=min(day.day, last_of_month.day))


def of_sales(figures: Figures, first: date, last: date) -> list[Row]:
    def of(start: date, end: date) -> Row:
        sales = figures.sold(start, end)
        return {
            "revenue": total(sales),
            "orders": orders_of(sales),
            "customers": customers_of(sales),
            "average_order_value": ratio(total(sales), orders_of(sales)),
        }

    return beside(of(first, last), of(*days_before(first, last)))


def of_products(figures: Figures, first: date, last: date) -> list[Row]:
    def of(start: date, end: date) -> Row:
        sales = figures.sold(start, end)
        return {
            "products": len({sale.product_id for sale in sales}),
            "units": sum(sale.units for sale in sales),
            "revenue": total(sales),
            "margin": margin_of(sales),
            "refunds": figures.paid_back(start, end),
        }

    return beside(of(first, last), of(*days_before(first, last)))


def of_customers(figures: Figures, as_of: date, tier: str | None) -> list[Row]:
    def of(day: date) -> Row:
        members = {c.customer_id for c in figures.shop.customers if c.signup_date <= day and tier in {None, c.tier}}
        sales = [sale for sale in figures.sold(date.min, day) if sale.customer_id in members]
        refunds = [back.amount for back in figures.paybacks if back.day <= day and back.customer_id in members]
        return {
            "customers": len(members),
            "revenue": total(sales),
            "lifetime_value": ratio(total(sales) - sum(refunds, Decimal(0)), len(members)),
            "average_orders": ratio(orders_of(sales), len(members)),
        }

    return beside(of(as_of), of(month_before(as_of)))


def of_the_year(figures: Figures, as_of: date) -> list[Row]:
    def of(day: date) -> Row:
        first = day.replace(month=1, day=1)
        sales = figures.sold(first, day)
        return {
            "revenue": total(sales),
            "orders": orders_of(sales),
            "customers": customers_of(sales),
            "average_order_value": ratio(total(sales), orders_of(sales)),
            "margin": margin_of(sales),
            "refund_rate_pct": percent(figures.paid_back(first, day), total(sales)),
        }

    return beside(of(as_of), of(year_before(as_of)), "last_year_")


def of_quality(figures: Figures, as_of: date) -> list[Row]:
    def of(day: date) -> Row:
        rows = checks(figures.shop, day)
        checked, failed = (sum(row[name] for row in rows) for name in ("checked_rows", "failed_rows"))
        return {
            "checked_rows": checked,
            "failed_rows": failed,
            "pass_rate_pct": percent(checked - failed, checked, RATE_STEP),
        }

    return beside(of(as_of), of(month_before(as_of)))
