"""Options of a request, as a person types them."""

import pytest

from executor.cli.jobs import request_options


@pytest.mark.parametrize(
    ("given", "options"),
    [
        (["formats=csv"], {"formats": ["csv"]}),
        (["formats=pdf, xlsx", "priority=80"], {"formats": ["pdf", "xlsx"], "priority": 80}),
        (['formats=["pdf"]'], {"formats": ["pdf"]}),
        (["dedupe_key=a,b"], {"dedupe_key": "a,b"}),
        (None, {}),
    ],
)
def test_formats_may_stand_with_commas_between_them(given: list[str] | None, options: dict[str, object]) -> None:
    assert request_options(given) == options
