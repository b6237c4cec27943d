"""Roles, grants and owner's rights: role by object by action."""

from pathlib import Path

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError

from tests.conformance.local_snowflake.role_world import As

ORDERS = "shop.sales.orders"
FILE = Path(__file__).parent / "orders.csv"
OK = 0


@pytest.mark.parametrize(
    ("role", "sql", "errno"),
    [
        ("READER", f"SELECT id FROM {ORDERS}", OK),
        ("MANAGER", f"SELECT id FROM {ORDERS}", OK),
        ("ACCOUNTADMIN", f"SELECT id FROM {ORDERS}", OK),
        ("WRITER", f"SELECT id FROM {ORDERS}", 3001),
        ("CALLER", f"SELECT id FROM {ORDERS}", 2003),
        ("STRANGER", f"SELECT id FROM {ORDERS}", 2003),
        ("SYSADMIN", f"SELECT id FROM {ORDERS}", 2003),
        ("READER", f"WITH x AS (SELECT id FROM {ORDERS}) SELECT * FROM x", OK),
        ("READER", f"SELECT * FROM {ORDERS} WHERE id IN (SELECT id FROM shop.sales.secrets)", 2003),
        ("READER", f"INSERT INTO {ORDERS} VALUES (3)", 3001),
        ("WRITER", f"INSERT INTO {ORDERS} VALUES (3)", OK),
        ("WRITER", f"UPDATE {ORDERS} SET id = 3 WHERE id = 3", OK),
        ("WRITER", f"DELETE FROM {ORDERS} WHERE id = 3", OK),
        ("READER", f"UPDATE {ORDERS} SET id = 4", 3001),
        ("READER", f"DELETE FROM {ORDERS}", 3001),
        ("CALLER", f"DELETE FROM {ORDERS}", 2003),
        ("WRITER", f"TRUNCATE TABLE {ORDERS}", 3001),
        ("WRITER", f"DROP TABLE {ORDERS}", 3001),
        ("STRANGER", f"DROP TABLE {ORDERS}", 2003),
        ("WRITER", f"ALTER TABLE {ORDERS} ADD COLUMN x INT", 3001),
        ("READER", f"DESCRIBE TABLE {ORDERS}", OK),
        ("STRANGER", f"DESCRIBE TABLE {ORDERS}", 2003),
        ("READER", f"SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('{ORDERS}')", OK),
        ("STRANGER", f"SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('{ORDERS}')", 2003),
        ("CALLER", "SELECT n FROM shop.sales.order_count", OK),
        ("READER", "SELECT n FROM shop.sales.order_count", 2003),
        ("CALLER", "CALL shop.sales.with_owners_rights()", OK),
        ("CALLER", "CALL shop.sales.with_callers_rights()", 100357),
        ("READER", "CALL shop.sales.with_owners_rights()", 2140),
        ("STRANGER", "CALL shop.sales.with_owners_rights()", 2140),
        ("CALLER", "ALTER TASK shop.sales.nightly SUSPEND", OK),
        ("CALLER", "ALTER TASK shop.sales.nightly RESUME", OK),
        ("BUILDER", "CREATE TASK shop.sales.built WAREHOUSE = wh SCHEDULE = '9 HOURS' AS SELECT 1", OK),
        ("BUILDER", "ALTER TASK shop.sales.built RESUME", 3001),
        ("CALLER", "DROP TASK shop.sales.nightly", 3001),
        ("READER", "EXECUTE TASK shop.sales.nightly", 2003),
        ("PROBE", f"SELECT SYSTEM$LAST_CHANGE_COMMIT_TIME('{ORDERS}')", OK),
        ("PROBE", f"SELECT id FROM {ORDERS}", 606),
        ("PROBE", "USE WAREHOUSE wh", 2043),
        ("PROBE", "SELECT CURRENT_WAREHOUSE()", OK),
        ("WRITER", "COPY INTO @shop.sales.files/out FROM (SELECT 1) OVERWRITE = TRUE", OK),
        ("READER", "COPY INTO @shop.sales.files/out FROM (SELECT 1) OVERWRITE = TRUE", 3001),
        ("CALLER", "COPY INTO @shop.sales.files/out FROM (SELECT 1) OVERWRITE = TRUE", 2003),
        ("READER", "SELECT GET_PRESIGNED_URL(@shop.sales.files, 'out')", OK),
        ("CALLER", "SELECT GET_PRESIGNED_URL(@shop.sales.files, 'out')", 2003),
        ("READER", "DROP STAGE shop.sales.files", 3001),
        ("READER", "CREATE STORAGE INTEGRATION mine TYPE = EXTERNAL_STAGE STORAGE_PROVIDER = 'S3'", 3001),
        ("READER", "ALTER WAREHOUSE wh SUSPEND", 3001),
        ("READER", "ALTER WAREHOUSE wh SET AUTO_SUSPEND = 1", 3001),
        ("STRANGER", "USE DATABASE shop", 2043),
        ("STRANGER", "USE SCHEMA shop.sales", 2043),
        ("READER", "CREATE TABLE shop.sales.mine (a INT)", 3001),
        ("READER", "CREATE TEMPORARY TABLE mine_only (a INT)", OK),
        ("READER", "SELECT a FROM mine_only", OK),
        ("READER", "CREATE SCHEMA shop.other", 3001),
        ("STRANGER", "CREATE DATABASE other", 3001),
        ("STRANGER", "CREATE ROLE other", 3001),
        ("SYSADMIN", "CREATE ROLE other", 3001),
        ("SYSADMIN", "CREATE DATABASE by_sysadmin", OK),
        ("ACCOUNTADMIN", "CREATE SCHEMA by_sysadmin.more", OK),
        ("READER", f"GRANT SELECT ON TABLE {ORDERS} TO ROLE stranger", 3001),
        ("STRANGER", f"GRANT SELECT ON TABLE {ORDERS} TO ROLE stranger", 2003),
        ("SECURITYADMIN", f"GRANT REFERENCES ON TABLE {ORDERS} TO ROLE reader", OK),
        ("STRANGER", "SELECT 1", OK),
        ("READER", "LIST @shop.sales.files", OK),
        ("READER", "REMOVE @shop.sales.files/nothing", 3001),
        ("READER", f"PUT file://{FILE} @shop.sales.files", 3001),
        ("WRITER", f"PUT file://{FILE} @shop.sales.files/in AUTO_COMPRESS=FALSE", OK),
        ("WRITER", f"COPY INTO {ORDERS} FROM @shop.sales.files/in FILE_FORMAT = (TYPE = CSV)", OK),
        ("READER", f"COPY INTO {ORDERS} FROM @shop.sales.files/in FILE_FORMAT = (TYPE = CSV)", 3001),
        ("WRITER", "REMOVE @shop.sales.files/in", OK),
        ("READER", "SELECT $1 FROM '@shop.sales.files/nothing'", OK),
        ("CALLER", "SELECT $1 FROM '@shop.sales.files/nothing'", 2003),
        ("CALLER", "LIST @shop.sales.files", 2003),
        ("CALLER", f"PUT file://{FILE} @shop.sales.files", 2003),
        ("CALLER", f"PUT file://{FILE} @%orders", 2003),
        ("WRITER", f"PUT file://{FILE} @%orders", 3001),
        ("WRITER", "DROP STAGE shop.sales.files", 3001),
        ("STRANGER", "DROP STAGE shop.sales.files", 2003),
        ("PROBE", "CALL shop.sales.with_owners_rights()", 2140),
    ],
)
def test_a_role_may_do_what_it_was_granted_and_nothing_else(as_role: As, role: str, sql: str, errno: int) -> None:
    if errno == OK:
        as_role(role, sql)
        return
    with pytest.raises(ProgrammingError) as refused:
        as_role(role, sql)
    assert refused.value.errno == errno, refused.value.msg


def test_who_creates_an_object_owns_it_and_ownership_can_be_handed_on(as_role: As) -> None:
    as_role("BUILDER", "CREATE TABLE shop.sales.built (a INT)")
    as_role("BUILDER", "INSERT INTO shop.sales.built VALUES (1)")
    with pytest.raises(ProgrammingError, match="does not exist or not authorized"):
        as_role("READER", "SELECT a FROM shop.sales.built")
    as_role("BUILDER", "GRANT SELECT ON TABLE shop.sales.built TO ROLE reader")
    assert as_role("READER", "SELECT a FROM shop.sales.built") == [(1,)]
    as_role("BUILDER", "GRANT OWNERSHIP ON TABLE shop.sales.built TO ROLE writer")
    with pytest.raises(ProgrammingError):
        as_role("BUILDER", "DROP TABLE shop.sales.built")
    as_role("WRITER", "DROP TABLE shop.sales.built")


def test_a_revoked_privilege_is_gone_and_a_replaced_table_has_no_grants(as_role: As) -> None:
    as_role("BUILDER", "CREATE TABLE shop.sales.passing (a INT)")
    as_role("BUILDER", "GRANT ALL ON TABLE shop.sales.passing TO ROLE stranger")
    as_role("BUILDER", "GRANT SELECT ON TABLE shop.sales.passing TO ROLE reader")
    as_role("READER", "SELECT a FROM shop.sales.passing")
    as_role("BUILDER", "REVOKE SELECT ON TABLE shop.sales.passing FROM ROLE reader")
    with pytest.raises(ProgrammingError):
        as_role("READER", "SELECT a FROM shop.sales.passing")
    as_role("BUILDER", "GRANT SELECT ON TABLE shop.sales.passing TO ROLE reader")
    as_role("BUILDER", "CREATE OR REPLACE TABLE shop.sales.passing (a INT)")
    with pytest.raises(ProgrammingError):
        as_role("READER", "SELECT a FROM shop.sales.passing")


def test_future_grants_reach_new_objects_and_all_grants_reach_those_that_exist(as_role: As) -> None:
    as_role("ACCOUNTADMIN", "CREATE SCHEMA shop.later")
    as_role("ACCOUNTADMIN", "GRANT USAGE ON SCHEMA shop.later TO ROLE reader")
    as_role("ACCOUNTADMIN", "CREATE TABLE shop.later.before (a INT)")
    as_role("ACCOUNTADMIN", "GRANT SELECT ON FUTURE TABLES IN SCHEMA shop.later TO ROLE reader")
    as_role("ACCOUNTADMIN", "CREATE TABLE shop.later.after (a INT)")
    as_role("READER", "SELECT a FROM shop.later.after")
    with pytest.raises(ProgrammingError):
        as_role("READER", "SELECT a FROM shop.later.before")
    as_role("ACCOUNTADMIN", "GRANT SELECT ON ALL TABLES IN SCHEMA shop.later TO ROLE reader")
    as_role("READER", "SELECT a FROM shop.later.before")


def test_a_created_user_has_the_roles_it_was_granted(as_role: As) -> None:
    as_role("MANAGER", "USE ROLE reader", user="clerk")
    as_role("MANAGER", "USE ROLE manager", user="clerk")
    with pytest.raises(ProgrammingError, match="not assigned to the executing user"):
        as_role("MANAGER", "USE ROLE accountadmin", user="clerk")
    with pytest.raises(DatabaseError, match="390189"):
        as_role("ACCOUNTADMIN", "SELECT 1", user="clerk")


def test_another_users_statements_are_stopped_only_with_a_right_on_their_warehouse(as_role: As) -> None:
    ((session_id,),) = as_role("READER", "SELECT CURRENT_SESSION()")
    stop = f"SELECT SYSTEM$CANCEL_ALL_QUERIES({session_id})"
    assert as_role("WRITER", stop) == [("0 cancelled.",)]
    with pytest.raises(ProgrammingError, match="Insufficient privileges") as refused:
        as_role("MANAGER", stop, "clerk")
    assert refused.value.errno == 3001
    as_role("ACCOUNTADMIN", "GRANT OPERATE ON WAREHOUSE wh TO ROLE manager")
    assert as_role("MANAGER", stop, "clerk") == [("0 cancelled.",)]
