"""The default VPC under the same ids after every start, so that settings which name its subnets stay good."""

from typing import Final

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random

REGION: Final = "us-east-1"
_SEED: Final = 7


def settle_default_network() -> None:
    """Let moto make its own account's default VPC with ids from a fixed seed, and draw at random again afterwards."""
    mock_random.seed(_SEED)
    try:
        ec2_backends[DEFAULT_ACCOUNT_ID][REGION]
    finally:
        mock_random.seed()
