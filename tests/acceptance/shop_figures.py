"""The figures of the business reports, worked out from the shop's rows in plain Python.

Written from the words of the reports' definitions, without a look at their SQL: a second opinion on every cell.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.acceptance.shop_ledger import (
    Ledger,
    Sale,
    amounts,
    customers_of,
    first_of_month,
    margin_of,
    orders_of,
    percent,
    ratio,
    total,
    year_before,
)

Row = dict[str, Any]


class Figures(Ledger):
    """What the reports of a shop must say."""

    # --- SALES_REPORT

    def monthly(self, first: date, last: date) -> list[Row]:
        months: dict[date, list[Sale]] = defaultdict(list)
        for sale in self.sold(first, last):
            months[first_of_month(sale.day)].append(sale)
        rows = []
        for month in sorted(months):
            sales, earlier = months[month], months.get(first_of_month(month, 1))
            by_product = amounts((sale.product_id, sale.amount) for sale in sales)
            by_category = amounts((sale.category, sale.amount) for sale in sales)
            top_id = min(by_product, key=lambda product_id: (-by_product[product_id], product_id))
            base = total(earlier) if earlier else Decimal(0)
            rows.append(
                {
                    "month": month.isoformat(),
                    "revenue": total(sales),
                    "orders": orders_of(sales),
                    "customers": customers_of(sales),
                    "average_order_value": ratio(total(sales), orders_of(sales)),
                    "growth_pct": percent(total(sales) - base, base),
                    "top_product": next(sale.product for sale in sales if sale.product_id == top_id),
                    "top_category": min(by_category, key=lambda category: (-by_category[category], category)),
                }
            )
        return rows

    def by_category(self, first: date, last: date) -> list[Row]:
        sales = self.sold(first, last)
        groups: dict[str, list[Sale]] = defaultdict(list)
        for sale in sales:
            groups[sale.category].append(sale)
        return [
            {
                "category": category,
                "revenue": total(group),
                "orders": orders_of(group),
                "customers": customers_of(group),
                "units": sum(sale.units for sale in group),
                "revenue_share_pct": percent(total(group), total(sales)),
            }
            for category, group in sorted(groups.items(), key=lambda item: (-total(item[1]), item[0]))
        ]

    # --- CUSTOMER_ANALYSIS

    def by_tier_and_status(self, as_of: date, tier: str | None) -> list[Row]:
        sales = self.sold(date.min, as_of)
        revenue = amounts((sale.customer_id, sale.amount) for sale in sales)
        refunds = amounts((back.customer_id, back.amount) for back in self.paybacks if back.day <= as_of)
        orders: dict[int, set[int]] = defaultdict(set)
        for sale in sales:
            orders[sale.customer_id].add(sale.order_id)
        groups: dict[tuple[str, str], list[int]] = defaultdict(list)
        for customer in self.shop.customers:
            if customer.signup_date <= as_of and tier in {None, customer.tier}:
                groups[customer.tier or "UNRATED", customer.status].append(customer.customer_id)
        shown = sum((revenue[member] for members in groups.values() for member in members), Decimal(0))
        order = ["PLATINUM", "GOLD", "SILVER", "BRONZE", "UNRATED"]
        rows = []
        for (group_tier, status), members in sorted(groups.items(), key=lambda item: (order.index(item[0][0]), item)):
            earned = sum((revenue[member] for member in members), Decimal("0.00"))
            returned = sum((refunds[member] for member in members), Decimal("0.00"))
            rows.append(
                {
                    "tier": group_tier,
                    "status": status,
                    "customers": len(members),
                    "revenue": earned,
                    "lifetime_value": ratio(earned - returned, len(members)),
                    "average_orders": ratio(sum(len(orders[member]) for member in members), len(members)),
                    "revenue_share_pct": percent(earned, shown),
                }
            )
        return rows

    # --- PRODUCT_PERFORMANCE

    def ranking(self, first: date, last: date, top_n: int) -> list[Row]:
        groups: dict[int, list[Sale]] = defaultdict(list)
        for sale in self.sold(first, last):
            groups[sale.product_id].append(sale)
        refunds = amounts((back.product_id, back.amount) for back in self.paybacks if first <= back.day <= last)
        ranked = sorted(groups, key=lambda product_id: (-total(groups[product_id]), product_id))[:top_n]
        rows = []
        for rank, product_id in enumerate(ranked, start=1):
            group = groups[product_id]
            costs = [sale.cost for sale in group if sale.cost is not None]
            margin = total(group) - sum(costs, Decimal(0)) if costs else None
            units = sum(sale.units for sale in group)
            rows.append(
                {
                    "rank": rank,
                    "product_id": product_id,
                    "product": group[0].product,
                    "category": group[0].category,
                    "units": units,
                    "revenue": total(group),
                    "margin": margin,
                    "margin_pct": None if margin is None else percent(margin, total(group)),
                    "sell_through_pct": percent(units, self.received.get(product_id, 0)),
                    "refunds": refunds[product_id],
                }
            )
        return rows

    # --- EXECUTIVE_DASHBOARD

    def year_to_date(self, as_of: date) -> list[Row]:
        this = self._key_figures(as_of.replace(month=1, day=1), as_of)
        last_day = year_before(as_of)
        last = self._key_figures(last_day.replace(month=1, day=1), last_day)
        return [
            {
                "figure": figure,
                "this_year": this[figure],
                "last_year": last[figure],
                "change_pct": None
                if this[figure] is None or last[figure] is None
                else percent(this[figure] - last[figure], last[figure]),
            }
            for figure in this
        ]

    def _key_figures(self, first: date, last: date) -> dict[str, Any]:
        sales = self.sold(first, last)
        return {
            "revenue": total(sales),
            "orders": orders_of(sales),
            "customers": customers_of(sales),
            "average_order_value": ratio(total(sales), orders_of(sales)),
            "margin": margin_of(sales),
            "refund_rate_pct": percent(self.paid_back(first, last), total(sales)),
        }

    def monthly_trend(self, as_of: date) -> list[Row]:
        rows = []
        for months_back in range(12, -1, -1):
            first = first_of_month(as_of, months_back)
            last = min(as_of, first_of_month(first, -1) - timedelta(days=1))
            if sales := self.sold(first, last):
                rows.append(
                    {
                        "month": first.isoformat(),
                        "revenue": total(sales),
                        "orders": orders_of(sales),
                        "customers": customers_of(sales),
                        "average_order_value": ratio(total(sales), orders_of(sales)),
                        "margin": margin_of(sales),
                        "refunds": self.paid_back(first, last),
                    }
                )
        return rows

    def top_customers(self, as_of: date) -> list[Row]:
        customers = {customer.customer_id: customer for customer in self.shop.customers}
        sales = self.sold(as_of.replace(month=1, day=1), as_of)
        groups: dict[int, list[Sale]] = defaultdict(list)
        for sale in sales:
            groups[sale.customer_id].append(sale)
        best = sorted(groups, key=lambda customer_id: (-total(groups[customer_id]), customer_id))[:10]
        return [
            {
                "rank": rank,
                "customer_id": customer_id,
                "name": customers[customer_id].name,
                "tier": customers[customer_id].tier,
                "country": customers[customer_id].country,
                "orders": orders_of(groups[customer_id]),
                "revenue": total(groups[customer_id]),
                "revenue_share_pct": percent(total(groups[customer_id]), total(sales)),
            }
            for rank, customer_id in enumerate(best, start=1)
        ]
