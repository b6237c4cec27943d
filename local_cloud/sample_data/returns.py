"""The refunds: some lines come back within a month, whole or in part."""

import random
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Final

from local_cloud.sample_data.shop import Order, OrderItem, Refund

_SHARE: Final = 0.035
_REASONS: Final = ("DAMAGED", "NOT_AS_DESCRIBED", "CHANGED_MIND", "LATE")


def refunds(rng: random.Random, baskets: Iterable[tuple[Order, list[OrderItem]]], last_day: date) -> list[Refund]:
    """Refunds of completed orders, none after the last day."""
    found: list[Refund] = []
    for order, lines in baskets:
        if order.status != "COMPLETED":
            continue
        for line in lines:
            if rng.random() >= _SHARE:
                continue
            at = order.ordered_at + timedelta(days=rng.randrange(2, 31), seconds=rng.randrange(3600))
            if at.date() > last_day:
                continue
            quantity = rng.randint(1, line.quantity)
            paid = line.quantity * line.unit_price - line.discount
            found.append(
                Refund(
                    refund_id=900_000 + len(found) + 1,
                    order_id=line.order_id,
                    line_no=line.line_no,
                    refunded_at=at,
                    quantity=quantity,
                    amount=paid if quantity == line.quantity else (paid * quantity / line.quantity).quantize(paid),
                    reason=rng.choice(_REASONS),
                )
            )
    return found
