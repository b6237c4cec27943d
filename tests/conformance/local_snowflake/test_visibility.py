"""What a role is shown: by SHOW, by INFORMATION_SCHEMA, by DESCRIBE."""

import pytest
from snowflake.connector.errors import ProgrammingError

from tests.conformance.local_snowflake.role_world import As


@pytest.mark.parametrize(
    ("sql", "column", "seen"),
    [
        ("SHOW TABLES IN SCHEMA shop.sales", 1, {"READER": {"ORDERS"}, "STRANGER": set(), "PROBE": {"ORDERS"}}),
        ("SHOW VIEWS IN SCHEMA shop.sales", 1, {"READER": set(), "CALLER": {"ORDER_COUNT"}}),
        ("SHOW COLUMNS IN TABLE shop.sales.secrets", 0, {"READER": set(), "ACCOUNTADMIN": {"SECRETS"}}),
        ("SHOW STAGES IN SCHEMA shop.sales", 1, {"READER": {"FILES"}, "CALLER": set()}),
        ("SHOW DATABASES", 1, {"READER": {"SHOP"}, "STRANGER": set()}),
        ("SHOW SCHEMAS IN DATABASE shop", 1, {"READER": {"SALES", "INFORMATION_SCHEMA"}, "STRANGER": set()}),
        ("SHOW WAREHOUSES", 0, {"READER": {"WH"}, "PROBE": set()}),
        (
            "SHOW PROCEDURES IN SCHEMA shop.sales",
            1,
            {"READER": set(), "CALLER": {"WITH_OWNERS_RIGHTS", "WITH_CALLERS_RIGHTS"}},
        ),
        ("SHOW PRIMARY KEYS IN DATABASE shop", 3, {"READER": set(), "ACCOUNTADMIN": {"SECRETS"}}),
        ("SHOW TASKS IN SCHEMA shop.sales", 1, {"READER": set(), "CALLER": {"NIGHTLY"}}),
        (
            "SELECT table_name FROM shop.information_schema.tables WHERE table_schema = 'SALES'",
            0,
            {"READER": {"ORDERS"}, "CALLER": {"ORDER_COUNT"}, "PROBE": {"ORDERS"}},
        ),
        (
            "SELECT c.table_name FROM shop.information_schema.views v, shop.information_schema.columns AS c",
            0,
            {"READER": set(), "CALLER": {"ORDER_COUNT"}},
        ),
        (
            "SELECT schema_name FROM shop.information_schema.schemata",
            0,
            {"READER": {"SALES", "INFORMATION_SCHEMA"}},
        ),
    ],
)
def test_a_role_is_shown_what_it_may_see(as_role: As, sql: str, column: int, seen: dict[str, set[str]]) -> None:
    made = {"BUILT", "PASSING", "BY_SYSADMIN", "LATER"}  # by other tests of this module, and visible to some
    told = {role: {row[column].upper() for row in as_role(role, sql)} - made for role in seen}
    assert told == seen


def test_the_same_question_is_answered_by_role_however_often(as_role: As) -> None:
    sql = "SELECT COUNT(*) FROM shop.information_schema.tables WHERE table_name IN ('ORDERS', 'SECRETS')"
    assert [as_role(role, sql) for role in ("READER", "ACCOUNTADMIN", "READER")] == [[(1,)], [(2,)], [(1,)]]


@pytest.mark.parametrize(
    ("role", "sql"),
    [
        ("STRANGER", "SELECT table_name FROM shop.information_schema.tables"),
        ("READER", "DESCRIBE PROCEDURE shop.sales.with_owners_rights()"),
        ("READER", "DESCRIBE TABLE shop.sales.secrets"),
        ("READER", "DESCRIBE VIEW shop.sales.order_count"),
        ("STRANGER", "DESCRIBE VIEW shop.information_schema.tables"),
        ("CALLER", "DESCRIBE STAGE shop.sales.files"),
        ("READER", "DESCRIBE TASK shop.sales.nightly"),
        ("READER", "SELECT GET_DDL('TABLE', 'shop.sales.secrets')"),
        ("READER", "SELECT GET_DDL('VIEW', 'shop.sales.order_count')"),
        ("READER", "SELECT GET_DDL('PROCEDURE', 'shop.sales.with_owners_rights()')"),
        ("READER", "SELECT GET_DDL('TASK', 'shop.sales.nightly')"),
        ("CALLER", "SELECT * FROM TABLE(INFER_SCHEMA(LOCATION => '@shop.sales.files', FILE_FORMAT => 'f'))"),
    ],
)
def test_what_may_not_be_seen_does_not_exist(as_role: As, role: str, sql: str) -> None:
    with pytest.raises(ProgrammingError) as refused:
        as_role(role, sql)
    assert refused.value.errno == 2003


@pytest.mark.parametrize(
    ("sql", "errno"), [("SELECT id FROM shop.sales.orders", 2003), ("CALL shop.sales.with_owners_rights()", 2140)]
)
def test_what_may_not_be_seen_is_not_described_either(as_role: As, sql: str, errno: int) -> None:
    assert len(as_role("ACCOUNTADMIN", sql, describe=True)) == 1
    with pytest.raises(ProgrammingError) as refused:
        as_role("STRANGER", sql, describe=True)
    assert refused.value.errno == errno


def test_the_history_tells_of_ones_own_statements_and_of_the_warehouses_one_watches(as_role: As) -> None:
    sql = "SELECT DISTINCT user_name FROM TABLE(information_schema.query_history(RESULT_LIMIT => 2000))"
    as_role("ACCOUNTADMIN", "CREATE USER watcher DEFAULT_SECONDARY_ROLES = ()")
    as_role("ACCOUNTADMIN", "GRANT ROLE reader TO USER watcher")
    as_role("READER", "SELECT 1", user="watcher")
    assert as_role("READER", sql, user="watcher") == [("WATCHER",)]
    assert {("WATCHER",), ("ROOT",)} <= set(as_role("ACCOUNTADMIN", sql))
    as_role("ACCOUNTADMIN", "GRANT MONITOR ON WAREHOUSE wh TO ROLE reader")
    assert ("ROOT",) in as_role("READER", sql, user="watcher")
    as_role("ACCOUNTADMIN", "REVOKE MONITOR ON WAREHOUSE wh FROM ROLE reader")


def test_only_an_administrator_sees_everybodys_transactions(as_role: As) -> None:
    assert as_role("READER", "SHOW TRANSACTIONS") == as_role("ACCOUNTADMIN", "SHOW TRANSACTIONS IN ACCOUNT") == []
    with pytest.raises(ProgrammingError) as refused:
        as_role("READER", "SHOW TRANSACTIONS IN ACCOUNT")
    assert refused.value.errno == 3001
