"""What Fargate costs, as dated data: ``fargate.json``; the setting ``REPORTING_PRICES`` goes before it."""

from functools import cache
from importlib.resources import files

from executor.core.price import PriceList


@cache
def load() -> PriceList:
    """The prices as shipped."""
    return PriceList.model_validate_json(files(__name__).joinpath("fargate.json").read_text(encoding="utf-8"))
