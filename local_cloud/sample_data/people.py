"""The customers: who they are, when they signed up, and what became of them."""

import random
from bisect import bisect_left
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from local_cloud.sample_data.shop import Customer

CUSTOMERS: Final = 9_000
_FOUNDED_DAYS_BEFORE: Final = 700
_FIRST_NAMES: Final = (
    "Amira",
    "Bruno",
    "Chiara",
    "Daan",
    "Elif",
    "Femke",
    "Goran",
    "Hanna",
    "Ivan",
    "Jana",
    "Kenji",
    "Leila",
    "Mateo",
    "Nora",
    "Oskar",
    "Priya",
    "Quentin",
    "Rosa",
    "Sven",
    "Tuva",
    "Umar",
    "Vera",
    "Wanda",
    "Ximena",
    "Yusuf",
    "Zoe",
)
_LAST_NAMES: Final = (
    "Adler",
    "Berg",
    "Conti",
    "Duarte",
    "Eriksen",
    "Fischer",
    "Garcia",
    "Haas",
    "Ito",
    "Jansen",
    "Kowalski",
    "Laurent",
    "Meyer",
    "Novak",
    "Okafor",
    "Petrov",
    "Quinn",
    "Rossi",
    "Santos",
    "Tanaka",
    "Ueda",
    "Vogel",
    "Weber",
    "Xu",
    "Yilmaz",
    "Zeman",
)
_COUNTRIES: Final = ("DE", "FR", "US", "GB", "NL", "ES", "IT", "SE", "PL", "CA")
_COUNTRY_WEIGHTS: Final = (22, 15, 18, 12, 8, 8, 7, 4, 4, 2)
# From the best customer down: the share of all who have bought that belongs to each tier.
_TIERS: Final = (("PLATINUM", 0.05), ("GOLD", 0.20), ("SILVER", 0.50), ("BRONZE", 1.0))
_INACTIVE_DAYS: Final = 180
_CHURNED_DAYS: Final = 365


class Person(NamedTuple):
    """A customer before the shop knows how much he will buy; ``appetite`` is his weight among the buyers."""

    customer_id: int
    name: str
    email: str | None
    country: str
    signup_date: date
    appetite: float


def people(rng: random.Random, first_day: date, last_day: date) -> list[Person]:
    """Customers by the day they signed up, more of them the later it is; a few without an e-mail address."""
    founded = first_day - timedelta(days=_FOUNDED_DAYS_BEFORE)
    days = (last_day - founded).days
    signups = sorted(int(days * rng.random() ** 0.7) for _ in range(CUSTOMERS))
    countries = rng.choices(_COUNTRIES, _COUNTRY_WEIGHTS, k=CUSTOMERS)
    found = []
    for number, (day, country) in enumerate(zip(signups, countries, strict=True), start=1):
        first, last = rng.choice(_FIRST_NAMES), rng.choice(_LAST_NAMES)
        email = None if rng.random() < 0.015 else f"{first}.{last}.{number}@example.com".lower()
        found.append(
            Person(
                customer_id=10_000 + number,
                name=f"{first} {last}",
                email=email,
                country=country,
                signup_date=founded + timedelta(days=day),
                appetite=rng.paretovariate(1.3),
            )
        )
    return found


class Buyers:
    """Draws who buys: anyone who has signed up, by appetite."""

    def __init__(self, everyone: list[Person]) -> None:
        """Take the people in the order of their signing up."""
        self._everyone = everyone
        self._signups = [person.signup_date for person in everyone]
        self._cumulated: list[float] = []
        total = 0.0
        for person in everyone:
            total += min(person.appetite, 40.0)
            self._cumulated.append(total)

    def on(self, day: date, rng: random.Random) -> Person:
        """One buyer of a day."""
        known = bisect_left(self._signups, day)
        return self._everyone[bisect_left(self._cumulated, rng.random() * self._cumulated[known - 1])]


def as_customers(
    everyone: list[Person],
    rng: random.Random,
    spent: dict[int, Decimal],
    last_bought: dict[int, date],
    last_day: date,
) -> list[Customer]:
    """What the CRM knows on the last day: tier by what was spent, status by when something was last bought.

    Args:
        everyone: the people.
        rng: decides whose tier is missing.
        spent: by customer id.
        last_bought: by customer id; who never bought is judged by the day of signing up.
        last_day: the day that the data end with.
    """
    ranked = sorted(spent, key=lambda customer_id: (-spent[customer_id], customer_id))
    place = {customer_id: (number + 1) / len(ranked) for number, customer_id in enumerate(ranked)}
    return [
        Customer(
            customer_id=person.customer_id,
            name=person.name,
            email=person.email,
            country=person.country,
            tier=None if rng.random() < 0.02 else _tier(place.get(person.customer_id, 1.0)),
            status=_status((last_day - last_bought.get(person.customer_id, person.signup_date)).days),
            signup_date=person.signup_date,
        )
        for person in everyone
    ]


def _tier(place: float) -> str:
    return next(tier for tier, upto in _TIERS if place <= upto)


def _status(silent_days: int) -> str:
    if silent_days > _CHURNED_DAYS:
        return "CHURNED"
    return "INACTIVE" if silent_days > _INACTIVE_DAYS else "ACTIVE"
