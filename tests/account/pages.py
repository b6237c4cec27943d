"""The two pages that are made from the list of proofs and from the steps: `python -m tests.account.pages`."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.account.account import Step
from tests.account.proofs import FILE, Proof, read
from tests.account.steps import STEPS
from tests.house import tree

NOT_YET_RUN: Final = Path("docs/reference/not-yet-run.md")
CHECKLIST: Final = Path("docs/reference/real-account-checklist.md")

_NOT_YET_RUN: Final = """# Not yet run against the real thing

**Nothing here has ever met a Snowflake or an AWS account.** All of it runs against the local cloud, through the
official clients; what that proves is that our side keeps to the protocols as the documentation has them. The parts
below rest on more than that, and may need a change when they meet an account. Each lies behind one named statement or
setting. The last column says what settles it: a step of
[`make verify-account`](real-account-checklist.md), or something done by hand.

This page is made from `tests/account/proofs.tsv` by `python -m tests.account.pages`.

| what | where | what could differ | settled by |
|---|---|---|---|
"""
_CHECKLIST: Final = """# The checklist for a real account

`make verify-account` does, in the account that the settings name, what only an account can prove, step by step, and
says of each step whether it `holds`, `differs` from what the product expects, or was `not tried` and why. It ends with
0 when nothing differs, with 1 when something does. The steps themselves run on the local Snowflake in the tests; what
they find there proves that they work, not that the account does the same.

Before: deploy (`reporting deploy snowflake`), and sign in with the same settings, as the role that deployed; the user
needs `REPORT_PROBE`, too. The steps make a table of their own and drop it, ask for a connection test that is due
in twelve hours and cancel it, and change nothing else. `make verify-account STEPS="first_call doorbell"` does these
steps only.

This page is made from `tests/account/` by `python -m tests.account.pages`.

## Steps

| step | what it looks at | settles |
|---|---|---|
"""
_BY_HAND: Final = """
## By hand

| what | do |
|---|---|
"""


def not_yet_run(proofs: Sequence[Proof]) -> str:
    """The page of what was never run."""
    lines = (f"| {proof.what} | {proof.where} | {proof.differs} | {_settled(proof)} |\n" for proof in proofs)
    return _NOT_YET_RUN + "".join(lines)


def checklist(proofs: Sequence[Proof], steps: Sequence[Step]) -> str:
    """The page of the steps."""
    lines = []
    for step in steps:
        settles = "; ".join(proof.what for proof in proofs if proof.step == step.name)
        lines.append(f"| `{step.name}` | {step.what} | {settles} |\n")
    by_hand = (f"| {proof.what} | {proof.by_hand} |\n" for proof in proofs if proof.by_hand)
    return _CHECKLIST + "".join(lines) + _BY_HAND + "".join(by_hand)


def _settled(proof: Proof) -> str:
    return "; ".join([f"`{proof.step}`"] * bool(proof.step) + [proof.by_hand] * bool(proof.by_hand))


def made() -> dict[Path, str]:
    """Both pages as they should be."""
    proofs = read(FILE.read_text(encoding="utf-8"))
    return {NOT_YET_RUN: not_yet_run(proofs), CHECKLIST: checklist(proofs, STEPS)}


def main() -> int:
    """Write them."""
    for path, text in made().items():
        (tree.ROOT / path).write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
