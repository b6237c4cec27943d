"""Users, their defaults, their secondary roles, and roles that go."""

import pytest
from snowflake.connector.errors import DatabaseError, ProgrammingError

from tests.conformance.local_snowflake.conftest import connect
from tests.conformance.local_snowflake.role_world import As
from tests.local_stack import served

READ = "SELECT COUNT(*) FROM shop.sales.orders"
WRITE = "DELETE FROM shop.sales.orders WHERE id = -1"


def refused(as_role: As, sql: str, role: str, user: str = "root") -> int:
    with pytest.raises(ProgrammingError) as told:
        as_role(role, sql, user)
    return int(told.value.errno or 0)


def test_a_created_users_other_roles_lend_their_privileges_until_told_not_to(as_role: As) -> None:
    for sql in (
        "CREATE USER lender",
        "GRANT ROLE reader TO USER lender",
        "GRANT ROLE writer TO USER lender",
        "GRANT ROLE builder TO USER lender",
    ):
        as_role("ACCOUNTADMIN", sql)
    as_role("READER", WRITE, "lender")
    assert as_role("READER", "SELECT IS_ROLE_IN_SESSION('WRITER')", "lender") == [(True,)]
    assert refused(as_role, "CREATE TABLE shop.sales.lent (a INT)", "READER", "lender") == 3001
    as_role("READER", "USE SECONDARY ROLES NONE", "lender")
    assert refused(as_role, WRITE, "READER", "lender") == 3001
    assert as_role("READER", "SELECT IS_ROLE_IN_SESSION('WRITER')", "lender") == [(False,)]
    as_role("READER", "USE SECONDARY ROLES builder, writer", "lender")
    as_role("READER", WRITE, "lender")
    as_role("READER", "USE SECONDARY ROLES builder", "lender")
    assert refused(as_role, WRITE, "READER", "lender") == 3001
    assert refused(as_role, "USE SECONDARY ROLES accountadmin", "READER", "lender") == 3013
    as_role("READER", "USE SECONDARY ROLES ALL", "lender")
    as_role("READER", WRITE, "lender")


def test_secondary_roles_lend_nothing_to_a_procedure_with_its_owners_rights(as_role: As) -> None:
    as_role("ACCOUNTADMIN", "CREATE USER owning")
    for role in ("builder", "reader"):
        as_role("ACCOUNTADMIN", f"GRANT ROLE {role} TO USER owning")
    as_role("ACCOUNTADMIN", "GRANT CREATE PROCEDURE ON SCHEMA shop.sales TO ROLE builder")
    made = """CREATE PROCEDURE shop.sales.reads() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11'
    PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' EXECUTE AS OWNER AS
    $$\ndef run(session):\n    return str(session.sql("SELECT id FROM shop.sales.orders").collect())\n$$"""
    as_role("BUILDER", made, "owning")
    as_role("BUILDER", "SELECT id FROM shop.sales.orders", "owning")
    assert refused(as_role, "CALL shop.sales.reads()", "BUILDER", "owning") == 100357


def test_a_users_defaults_are_taken_where_the_client_names_nothing(as_role: As) -> None:
    as_role(
        "ACCOUNTADMIN", "CREATE USER plain DEFAULT_ROLE = reader DEFAULT_SECONDARY_ROLES = () DEFAULT_WAREHOUSE = wh"
    )
    as_role("ACCOUNTADMIN", "GRANT ROLE reader TO USER plain")
    as_role("ACCOUNTADMIN", "GRANT ROLE writer TO USER plain")
    asked = "SELECT CURRENT_ROLE(), CURRENT_WAREHOUSE()"
    assert as_role("", asked, "plain") == [("READER", "WH")]
    assert refused(as_role, WRITE, "", "plain") == 3001
    as_role("ACCOUNTADMIN", "CREATE USER nobody")
    assert as_role("", "SELECT CURRENT_ROLE()", "nobody") == [("PUBLIC",)]


def test_a_dropped_role_takes_its_grants_along_and_leaves_what_it_owned(as_role: As) -> None:
    for sql in (
        "CREATE ROLE leaving",
        "GRANT USAGE ON DATABASE shop TO ROLE leaving",
        "GRANT ALL ON SCHEMA shop.sales TO ROLE leaving",
        "GRANT SELECT ON TABLE shop.sales.orders TO ROLE leaving",
        "GRANT ROLE leaving TO ROLE stranger",
    ):
        as_role("ACCOUNTADMIN", sql)
    as_role("LEAVING", "CREATE TABLE shop.sales.left_behind (a INT)")
    as_role("ACCOUNTADMIN", "DROP ROLE leaving")
    as_role("ACCOUNTADMIN", "CREATE ROLE leaving")
    assert refused(as_role, READ, "LEAVING") == 2003
    as_role("ACCOUNTADMIN", "GRANT SELECT ON TABLE shop.sales.orders TO ROLE leaving")
    assert refused(as_role, READ, "STRANGER") == 2003
    as_role("ACCOUNTADMIN", "DROP TABLE shop.sales.left_behind")


def test_a_role_that_does_not_exist_cannot_be_used_by_anybody(as_role: As) -> None:
    assert refused(as_role, "USE ROLE nowhere", "ACCOUNTADMIN") == 3013
    with pytest.raises(DatabaseError, match="390189"):
        as_role("NOWHERE", "SELECT 1")


@pytest.mark.parametrize(
    "sql",
    [
        "GRANT SELECT ON TABLE shop.sales.orders TO ROLE stranger WITH GRANT OPTION",
        "REVOKE GRANT OPTION FOR SELECT ON TABLE shop.sales.orders FROM ROLE reader",
    ],
)
def test_the_grant_option_is_refused_by_name(as_role: As, sql: str) -> None:
    with pytest.raises(ProgrammingError, match="not supported by the local cloud: WITH GRANT OPTION"):
        as_role("ACCOUNTADMIN", sql)


def test_where_administrators_are_named_a_user_that_was_never_created_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = str(tmp_path_factory.mktemp("administrators"))
    with served("local_cloud.snowflake", "--data-dir", folder, "--administrators", "chief") as server:
        with connect(server, user="chief") as connection:
            connection.cursor().execute("CREATE USER hand")
        connect(server, user="hand", role="PUBLIC").close()
        with pytest.raises(DatabaseError, match="Incorrect username or password"):
            connect(server, user="someone")


def test_where_nothing_is_refused_every_role_may_do_everything(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = str(tmp_path_factory.mktemp("without"))
    with (
        served("local_cloud.snowflake", "--data-dir", folder, "--no-privileges") as server,
        connect(server, role="NOWHERE", warehouse="NONE") as connection,
    ):
        cursor = connection.cursor()
        for sql in ("CREATE DATABASE d", "CREATE TABLE t (a INT)", "USE ROLE other", "INSERT INTO t VALUES (1)"):
            cursor.execute(sql)
        cursor.execute("SELECT a FROM t")
        assert cursor.fetchall() == [(1,)]


def test_a_database_role_lends_its_privileges_and_cannot_be_the_primary_role(as_role: As) -> None:
    for sql in (
        "CREATE DATABASE ROLE shop.cleaner",
        "GRANT DELETE ON TABLE shop.sales.orders TO DATABASE ROLE shop.cleaner",
    ):
        as_role("ACCOUNTADMIN", sql)
    assert refused(as_role, WRITE, "READER") == 3001
    assert refused(as_role, "USE ROLE shop.cleaner", "READER") == 3013
    as_role("ACCOUNTADMIN", "GRANT DATABASE ROLE shop.cleaner TO ROLE reader")
    as_role("READER", WRITE)
    as_role("ACCOUNTADMIN", "REVOKE DATABASE ROLE shop.cleaner FROM ROLE reader")


def test_a_procedure_knows_its_owners_roles_and_its_callers_only_with_read_session(as_role: As) -> None:
    asked = (
        "SELECT CURRENT_USER(), CURRENT_ROLE(), IS_ROLE_IN_SESSION('CALLER')::STRING, "
        "SYS_CONTEXT('SNOWFLAKE$SESSION', 'ROLE'), SYS_CONTEXT('SNOWFLAKE$SESSION', 'PRINCIPAL_NAME'), "
        "SYS_CONTEXT('SNOWFLAKE$SESSION', 'IS_ROLE_ACTIVATED', 'CALLER')"
    )
    procedure = (
        "CREATE OR REPLACE PROCEDURE shop.sales.who_calls() RETURNS STRING LANGUAGE PYTHON RUNTIME_VERSION = '3.11' "
        "PACKAGES = ('snowflake-snowpark-python') HANDLER = 'run' AS $$\ndef run(session):\n"
        f'    return ",".join(str(said) for said in session.sql("{asked}").collect()[0])\n$$'
    )
    for sql in (
        "CREATE ROLE keeper",
        procedure,
        "GRANT USAGE ON PROCEDURE shop.sales.who_calls() TO ROLE caller",
        "GRANT OWNERSHIP ON PROCEDURE shop.sales.who_calls() TO ROLE keeper COPY CURRENT GRANTS",
        *(f"GRANT USAGE ON {place} TO ROLE keeper" for place in ("DATABASE shop", "SCHEMA shop.sales", "WAREHOUSE wh")),
    ):
        as_role("ACCOUNTADMIN", sql)
    call = "CALL shop.sales.who_calls()"
    assert as_role("CALLER", call) == [("ROOT,KEEPER,false,None,None,None",)]
    as_role("ACCOUNTADMIN", "GRANT READ SESSION ON ACCOUNT TO ROLE keeper")
    assert as_role("CALLER", call) == [("ROOT,KEEPER,false,CALLER,ROOT,TRUE",)]
    assert as_role("CALLER", asked) == [("ROOT", "CALLER", "true", "CALLER", "ROOT", "TRUE")]
    as_role("ACCOUNTADMIN", "GRANT ROLE keeper TO ROLE accountadmin")
    as_role("ACCOUNTADMIN", "DROP PROCEDURE shop.sales.who_calls()")
    as_role("ACCOUNTADMIN", "DROP ROLE keeper")


def test_a_user_is_described_to_himself_and_his_owner_with_the_moment_at_which_his_key_was_set(as_role: As) -> None:
    for sql in (
        "CREATE USER described TYPE = LEGACY_SERVICE DEFAULT_ROLE = reader RSA_PUBLIC_KEY = 'AAAA'",
        "GRANT ROLE reader TO USER described",
    ):
        as_role("ACCOUNTADMIN", sql)
    for role in ("ACCOUNTADMIN", "READER"):
        user = "root" if role == "ACCOUNTADMIN" else "described"
        told = {row[0]: row[1] for row in as_role(role, "DESCRIBE USER described", user)}
        assert (told["NAME"], told["TYPE"], told["DEFAULT_ROLE"]) == ("DESCRIBED", "LEGACY_SERVICE", "READER")
        assert told["RSA_PUBLIC_KEY_FP"].startswith("SHA256:")
        assert told["RSA_PUBLIC_KEY_LAST_SET_TIME"].startswith("20")
        assert told["RSA_PUBLIC_KEY_2_LAST_SET_TIME"] == "null"
    assert refused(as_role, "DESCRIBE USER never_made", "ACCOUNTADMIN") == 2003
    assert refused(as_role, "DESCRIBE USER root", "READER", "described") == 2003
    as_role("ACCOUNTADMIN", "DROP USER described")
