"""The page of causes says what the catalogue says."""

from executor.causes import load
from executor.core.families import Family
from tests.house import tree
from tests.house.causes_page import PAGE, page


def test_the_page_of_causes_is_the_one_that_the_catalogue_makes() -> None:
    assert tree.text(PAGE) == page(load()), "run python -m tests.house.causes_page"


def test_every_family_and_every_cause_is_on_the_page() -> None:
    made = page(load())
    assert all(f"### {family}\n" in made for family in Family)
    assert all(f"| `{cause.cause_id}` |" in made for cause in load().causes)
