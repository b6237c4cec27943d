"""The products: categories, prices, costs, and how much of each there was."""

import random
from datetime import date, timedelta
from typing import Final, NamedTuple

from local_cloud.sample_data.shop import Product, cents

PRODUCTS: Final = 420
# Category, its typical price in cents, the words that its products are called by.
_CATEGORIES: Final = (
    ("Kitchen", 3_400, "Kettle Pan Knife Grinder Scale Toaster"),
    ("Garden", 4_800, "Spade Hose Planter Lantern Shears Trellis"),
    ("Office", 2_300, "Lamp Notebook Stand Tray Stapler Binder"),
    ("Sports", 5_900, "Mat Bottle Racket Rope Band Helmet"),
    ("Toys", 2_100, "Puzzle Train Blocks Kite Marbles Robot"),
    ("Books", 1_700, "Atlas Novel Cookbook Almanac Primer Reader"),
    ("Audio", 11_900, "Speaker Headset Microphone Turntable Radio Amplifier"),
    ("Textiles", 2_900, "Blanket Towel Curtain Cushion Apron Rug"),
)
_STYLES: Final = (
    "Aero",
    "Basic",
    "Classic",
    "Delta",
    "Eco",
    "Fjord",
    "Granit",
    "Heron",
    "Indigo",
    "Juno",
    "Kappa",
    "Lumen",
)


class Article(NamedTuple):
    """A product before anything of it is sold; ``pull`` is its weight in the baskets."""

    product_id: int
    name: str
    category: str | None
    price_cents: int
    cost_cents: int | None
    launched_on: date
    pull: float


def articles(rng: random.Random, first_day: date, last_day: date) -> list[Article]:
    """Products of which few sell much and many sell little, some launched on the way, some half described."""
    found = []
    for number in range(1, PRODUCTS + 1):
        category, typical_cents, nouns = rng.choice(_CATEGORIES)
        price = max(199, int(typical_cents * rng.lognormvariate(0, 0.5)) // 100 * 100 + 99)
        launched = first_day - timedelta(days=rng.randrange(30, 1500))
        if rng.random() < 0.2:
            launched = first_day + timedelta(days=rng.randrange((last_day - first_day).days - 30))
        found.append(
            Article(
                product_id=500 + number,
                name=f"{rng.choice(_STYLES)} {rng.choice(nouns.split())} {number}",
                category=None if rng.random() < 0.02 else category,
                price_cents=price,
                cost_cents=None if rng.random() < 0.03 else int(price * rng.uniform(0.42, 0.72)),
                launched_on=launched,
                pull=1.0 / number**0.8,
            )
        )
    return sorted(found, key=lambda article: article.launched_on)


def as_products(everything: list[Article], rng: random.Random, sold_units: dict[int, int]) -> list[Product]:
    """The catalogue on the last day: what was received covers what was sold, and what is left lies on hand."""
    rows = []
    for article in sorted(everything, key=lambda article: article.product_id):
        sold = sold_units.get(article.product_id, 0)
        received = int(sold * rng.uniform(1.03, 1.7)) + rng.randrange(10, 60)
        cost = article.cost_cents
        rows.append(
            Product(
                product_id=article.product_id,
                name=article.name,
                category=article.category,
                list_price=cents(article.price_cents),
                unit_cost=None if cost is None else cents(cost),
                units_received=received,
                units_on_hand=received - sold,
                launched_on=article.launched_on,
            )
        )
    return rows
