"""A refusal of Snowflake's becomes the statement that grants what is missing."""

import pytest

from doctor.explain.grant import missing_grant


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        (
            "002003 (42S02): SQL compilation error:\nObject 'SHOP.SALES.ORDERS' does not exist or not authorized.",
            "GRANT SELECT ON TABLE SHOP.SALES.ORDERS TO ROLE R;",
        ),
        ("Schema 'SHOP.SALES' does not exist or not authorized.", "GRANT USAGE ON SCHEMA SHOP.SALES TO ROLE R;"),
        (
            "003001 (42501): SQL access control error: Insufficient privileges to operate on table 'ORDERS'",
            "GRANT SELECT ON TABLE ORDERS TO ROLE R;",
        ),
        (
            "Insufficient privileges to operate on warehouse 'LOAD_WH'.",
            "GRANT USAGE ON WAREHOUSE LOAD_WH TO ROLE R;",
        ),
        (
            "Procedure 'SHOP.SALES.LOAD(VARCHAR)' does not exist or not authorized.",
            "GRANT USAGE ON PROCEDURE SHOP.SALES.LOAD(VARCHAR) TO ROLE R;",
        ),
        (
            "002140 (42601): SQL compilation error:\nUnknown user-defined function SHOP.SALES.TO_EUR",
            "GRANT USAGE ON FUNCTION SHOP.SALES.TO_EUR TO ROLE R;",
        ),
        ("002003: Role 'NOBODY' does not exist or not authorized.", ""),
        ("001003 (42000): SQL compilation error: syntax error line 1 at position 7", ""),
    ],
)
def test_the_statement_names_object_kind_and_role(text: str, statement: str) -> None:
    assert missing_grant(text, "R") == statement
