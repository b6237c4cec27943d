"""The sizes that the view recommends from are those that a definition may name."""

import re

from contract.resources import FARGATE_SIZES
from tests.house import tree


def test_the_view_recommends_from_the_sizes_that_fargate_has() -> None:
    text = tree.text(tree.ROOT / "sql" / "views" / "R__view_3_rightsizing.sql")
    pairs = [(int(cpu), int(memory_mb)) for cpu, memory_mb in re.findall(r"\((\d+), (\d+)\)", text)]
    assert pairs == [(cpu, memory_mb) for cpu, sizes in FARGATE_SIZES.items() for memory_mb in sizes]
