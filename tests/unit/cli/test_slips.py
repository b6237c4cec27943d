"""A slip in a setting's name is told at the start, and no setting is taken for a slip."""

import re
from pathlib import Path

from executor.cli.slips import Slip, slips

PAGE = Path("docs/reference/environment.md")


def test_a_slip_is_told_with_the_name_that_may_have_been_meant() -> None:
    names = ["REPORTING_BUKET", "REPORTING_QUITE_ELSE", "REPORTING_BUCKET", "HOME", "SNOWFLAKE_USR"]
    assert slips(names) == [Slip("REPORTING_BUKET", "REPORTING_BUCKET"), Slip("REPORTING_QUITE_ELSE", None)]


def test_no_documented_setting_is_a_slip() -> None:
    names = set(re.findall(r"\bREPORTING_[A-Z_]+[A-Z]\b", PAGE.read_text(encoding="utf-8")))
    assert len(names) > 20
    assert slips(names) == []
