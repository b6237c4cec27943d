"""A shop's data, made up, the same for the same seed and last day: customers, products, orders, lines, refunds."""

from local_cloud.sample_data.generate import generate as make_shop
from local_cloud.sample_data.load import load_sample_data

__all__ = ["load_sample_data", "make_shop"]
