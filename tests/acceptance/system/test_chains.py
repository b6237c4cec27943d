"""The chain of the how-to, as it stands on the page."""

import re

from tests.acceptance.system.driving import Analyst, Running, Stack, until
from tests.house import tree

PAGE = "docs/how-to/chain-reports.md"


def test_the_chain_of_the_page_goes_from_the_load_to_the_hand_over(stack: Stack, executor: Running) -> None:
    (script,) = re.findall(r"```sql\n(.*?)```", (tree.ROOT / PAGE).read_text(encoding="utf-8"), re.DOTALL)
    with stack.connect(role="ACCOUNTADMIN") as connection:
        owner = Analyst(connection)
        for statement in re.sub(r"(?m)^--.*$", "", script).split(";"):
            if statement.strip():
                owner.rows(statement)
        owner.rows("EXECUTE TASK chains.load_sales")
        (row,) = until(lambda: owner.rows("SELECT * FROM chains.delivered"))
        assert row["RESULT_URI"].startswith("s3://reporting-local/reports/CONNECTION_TEST/")
        owner.rows("DROP SCHEMA chains")
