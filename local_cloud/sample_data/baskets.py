"""The orders: how many a day brings, who buys, what lies in the basket."""

import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Final, TypeVar

from local_cloud.sample_data.assortment import Article
from local_cloud.sample_data.people import Buyers
from local_cloud.sample_data.shop import Order, OrderItem, cents

Drawn = TypeVar("Drawn")


def _urn(shares: Mapping[Drawn, int]) -> tuple[Drawn, ...]:
    """Each value as often as its share: one draw by place is many times faster than one by weight."""
    return tuple(value for value, share in shares.items() for _ in range(share))


def _draw(urn: Sequence[Drawn], rng: random.Random) -> Drawn:
    return urn[int(rng.random() * len(urn))]


_ORDERS_A_DAY: Final = 100
_YEARLY_GROWTH: Final = 1.22
_MONTHS: Final = (0.92, 0.85, 0.94, 0.97, 1.0, 0.96, 0.90, 0.88, 1.0, 1.06, 1.30, 1.48)
_WEEKDAYS: Final = (1.02, 0.96, 0.95, 1.0, 1.12, 1.05, 0.90)
_HOURS: Final = _urn(
    dict(enumerate((1, 1, 1, 1, 1, 2, 4, 7, 9, 10, 11, 12, 13, 12, 11, 10, 11, 13, 16, 18, 17, 13, 8, 3)))
)
_CHANNELS: Final = _urn({"WEB": 55, "APP": 33, "STORE": 12})
_LINES: Final = _urn({1: 34, 2: 27, 3: 18, 4: 11, 5: 6, 6: 4})
_QUANTITIES: Final = _urn({1: 72, 2: 17, 3: 7, 4: 4})
_DISCOUNT_PERCENT: Final = _urn({0: 84, 5: 6, 10: 6, 20: 4})
_MIDNIGHT: Final = time()
_OPEN_DAYS: Final = 3


class Shelf:
    """Draws what is bought: any product that is out by then, by its pull."""

    def __init__(self, everything: list[Article]) -> None:
        """Take the products in the order of their launch."""
        self._everything = everything
        self._launches = [article.launched_on for article in everything]
        self._cumulated: list[float] = []
        total = 0.0
        for article in everything:
            total += article.pull
            self._cumulated.append(total)

    def basket(self, day: date, lines: int, rng: random.Random) -> list[Article]:
        """Different products, at most as many as asked for."""
        top = self._cumulated[bisect_right(self._launches, day) - 1]
        drawn = [bisect_left(self._cumulated, rng.random() * top) for _ in range(lines)]
        return [self._everything[place] for place in dict.fromkeys(drawn)]


def orders(
    rng: random.Random, first_day: date, last_day: date, buyers: Buyers, shelf: Shelf
) -> Iterator[tuple[Order, list[OrderItem]]]:
    """All orders in the order of their days, each with its lines."""
    order_id = 100_000
    for number in range((last_day - first_day).days + 1):
        day = first_day + timedelta(days=number)
        growth = _YEARLY_GROWTH ** (number / 365)
        expected = _ORDERS_A_DAY * growth * _MONTHS[day.month - 1] * _WEEKDAYS[day.weekday()]
        for _ in range(max(1, round(rng.gauss(expected, expected**0.5)))):
            order_id += 1
            yield _order(order_id, day, last_day, buyers, rng), _lines(order_id, day, shelf, rng)


def _order(order_id: int, day: date, last_day: date, buyers: Buyers, rng: random.Random) -> Order:
    hour = _draw(_HOURS, rng)
    status = "COMPLETED"
    if rng.random() < 0.04:
        status = "CANCELLED"
    elif (last_day - day).days < _OPEN_DAYS:
        status = rng.choice(("PENDING", "SHIPPED", "COMPLETED"))
    return Order(
        order_id=order_id,
        customer_id=buyers.on(day, rng).customer_id,
        ordered_at=datetime.combine(day, _MIDNIGHT) + timedelta(seconds=hour * 3600 + int(rng.random() * 3600)),
        status=status,
        channel=_draw(_CHANNELS, rng),
    )


def _lines(order_id: int, day: date, shelf: Shelf, rng: random.Random) -> list[OrderItem]:
    wanted = _draw(_LINES, rng)
    lines = []
    for line_no, article in enumerate(shelf.basket(day, wanted, rng), start=1):
        quantity = _draw(_QUANTITIES, rng)
        percent = _draw(_DISCOUNT_PERCENT, rng)
        lines.append(
            OrderItem(
                order_id=order_id,
                line_no=line_no,
                product_id=article.product_id,
                quantity=quantity,
                unit_price=cents(article.price_cents),
                discount=cents(article.price_cents * quantity * percent // 100),
            )
        )
    return lines
