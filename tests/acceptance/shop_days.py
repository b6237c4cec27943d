"""The shop of a day as the tests reckon it, worked out once."""

from datetime import date
from functools import cache

from local_cloud.sample_data.generate import generate
from local_cloud.sample_data.shop import Shop


@cache
def shop_of(last_day: date) -> Shop:
    """All rows up to that day."""
    return generate(last_day)
