"""What was never run against the real thing stands in one list; pages and steps agree with it."""

import pytest

from tests.account import pages
from tests.account.proofs import FILE, Proof, read
from tests.account.steps import STEPS
from tests.house import tree


def unknown(proofs: list[Proof]) -> set[str]:
    return {proof.step for proof in proofs if proof.step} ^ {step.name for step in STEPS}


def test_the_pages_are_made_from_the_list() -> None:
    assert {path: tree.text(path) for path in pages.made()} == pages.made()


def test_every_step_settles_something_and_every_step_that_is_named_exists() -> None:
    assert unknown(read(FILE.read_text(encoding="utf-8"))) == set()


def test_a_line_that_names_no_step_or_is_lost_changes_the_pages() -> None:
    proofs = read(FILE.read_text(encoding="utf-8"))
    assert unknown([proof for proof in proofs if proof.step != "merge_that_waited"]) == {"merge_that_waited"}
    assert pages.not_yet_run(proofs[1:]) != tree.text(pages.NOT_YET_RUN)


@pytest.mark.parametrize(("line", "why"), [("a\tb\tc\td", "4 cells"), ("a\tb\tc\t\t", "neither a step nor")])
def test_a_line_that_says_too_little_is_noticed(line: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        read(f"head\n{line}\n")
