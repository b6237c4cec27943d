"""The shop's data as loaded: all of it, once, and anew when the day changes."""

from datetime import date
from typing import Any

import pytest
import snowflake.connector

from local_cloud.sample_data.load import load_sample_data
from tests.acceptance.shop_days import shop_of
from tests.local_stack import BUSINESS_DATE, DATABASE, LocalStack

pytestmark = pytest.mark.thorough

FIRST_DAY, NEXT_DAY = date(2026, 11, 20), BUSINESS_DATE


def load(stack: LocalStack, last_day: date) -> tuple[dict[str, int], list[str]]:
    said: list[str] = []
    rows = load_sample_data(stack.connection, database=DATABASE, last_day=last_day, progress=said.append)
    return rows, said


def select(stack: LocalStack, sql: str) -> list[Any]:
    with stack.connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def counted(stack: LocalStack, table: str) -> int:
    [(count,)] = select(stack, f"SELECT COUNT(*) FROM {DATABASE}.{table}")
    return int(count)


def test_loading_is_complete_happens_once_and_is_replaced_by_another_day(shop_stack: LocalStack) -> None:
    rows, said = load(shop_stack, FIRST_DAY)
    shop = shop_of(FIRST_DAY)
    assert rows == {
        "CRM.CUSTOMERS": len(shop.customers),
        "CATALOG.PRODUCTS": len(shop.products),
        "SALES.ORDERS": len(shop.orders),
        "SALES.ORDER_ITEMS": len(shop.order_items),
        "SALES.REFUNDS": len(shop.refunds),
    }
    assert {table: counted(shop_stack, table) for table in rows} == rows
    assert len(said) == 1 + len(rows)

    assert load(shop_stack, FIRST_DAY) == (rows, [f"sample data up to 2026-11-20 lie in {DATABASE} already"])

    replaced, _ = load(shop_stack, NEXT_DAY)
    assert replaced != rows
    assert {table: counted(shop_stack, table) for table in replaced} == replaced


def test_money_and_times_arrive_as_they_were_made(shop_stack: LocalStack) -> None:
    load(shop_stack, NEXT_DAY)
    shop = shop_of(NEXT_DAY)
    lines = select(shop_stack, f"SELECT * FROM {DATABASE}.SALES.ORDER_ITEMS ORDER BY order_id, line_no")
    orders = select(shop_stack, f"SELECT * FROM {DATABASE}.SALES.ORDERS ORDER BY order_id")
    people = select(shop_stack, f"SELECT * FROM {DATABASE}.CRM.CUSTOMERS ORDER BY customer_id")
    assert lines == shop.order_items
    assert orders == shop.orders
    assert people == shop.customers


@pytest.mark.parametrize("database", ["", "A B", "A;DROP", 'A"', "A.B"])
def test_a_database_that_is_no_plain_name_is_refused(shop_stack: LocalStack, database: str) -> None:
    with pytest.raises(ValueError, match="not a database's name"):
        load_sample_data(shop_stack.connection, database=database, last_day=NEXT_DAY, progress=print)


def test_a_connection_that_binds_by_another_style_is_refused(shop_stack: LocalStack) -> None:
    port = int(shop_stack.environment["SNOWFLAKE_PORT"])
    other = snowflake.connector.connect(
        account="local", user="u", password="p", host="127.0.0.1", port=port, protocol="http"
    )
    with pytest.raises(ValueError, match="paramstyle='qmark'"):
        load_sample_data(other, database=DATABASE, last_day=NEXT_DAY, progress=print)
    other.close()
