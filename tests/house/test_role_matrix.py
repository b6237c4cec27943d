"""The page of roles says what the grants say."""

from tests.house import tree
from tests.house.role_matrix import PAGE, granted, page, scripts


def test_the_page_of_roles_is_the_one_that_the_grants_make() -> None:
    assert tree.text(PAGE) == page(scripts()), "run python -m tests.house.role_matrix"


def test_a_role_has_what_the_roles_that_it_holds_have() -> None:
    jobs = granted(scripts())["VIEW"]["jobs"]
    assert {role for role, rights in jobs.items() if rights} == {"requester", "author", "operator", "admin"}


def test_a_right_that_is_revoked_is_not_told() -> None:
    text = "GRANT SELECT, INSERT ON TABLE t TO ROLE report_author;\nREVOKE INSERT ON TABLE t FROM ROLE report_author;"
    assert granted(text)["TABLE"]["t"]["author"] == {"SELECT"}
