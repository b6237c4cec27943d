"""The name of an account: what else may be meant by one that nobody knows."""

import pytest

from contract.account_name import other_order, wrong


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("marketing-acme", "acme-marketing"),
        ("acme-market_ing", None),  # an organisation has no underscore
        ("acme-marketing-test", None),  # which hyphen parts them, nobody can tell
        ("xy12345.eu-central-1", None),
        ("xy12345", None),
    ],
)
def test_account_and_organisation_are_exchanged_only_where_both_may_be_either(name: str, other: str | None) -> None:
    assert wrong(name) is None
    assert other_order(name) == other
