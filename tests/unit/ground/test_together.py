"""Tests that share servers run on one worker."""

from tests.together import LONGEST_FIRST, SHARE_SERVERS, TogetherScheduling, group_of


def test_tests_of_a_folder_that_shares_servers_are_one_group() -> None:
    ids = ("test_clients.py::test_a", "test_the_main_job.py::test_b[x::y]")
    assert {group_of(f"tests/acceptance/system/{one}") for one in ids} == {"acceptance/system"}


def test_other_tests_are_a_group_by_file() -> None:
    assert group_of("tests/unit/sql/test_load.py::test_a[1]") == "unit/sql/test_load.py"


def test_tests_that_start_their_own_stacks_are_apart() -> None:
    file = "tests/acceptance/system/test_lives_and_deaths.py"
    assert group_of(f"{file}::test_a") != group_of(f"{file}::test_b")


def test_every_folder_that_shares_servers_has_its_place_in_the_order() -> None:
    assert set(SHARE_SERVERS) <= set(LONGEST_FIRST)


def test_the_seam_of_the_scheduler_is_where_we_take_it() -> None:
    (xdists_own,) = TogetherScheduling.__bases__
    assert callable(xdists_own._split_scope)
