-- The view that says what counts as sold.
-- Params: -
CREATE OR REPLACE VIEW {database}.SALES.SOLD_LINES
    COMMENT = 'What counts as sold: lines with a positive quantity of orders that are not cancelled; refunds not deducted'
AS
SELECT
    orders.ORDER_ID,
    items.LINE_NO,
    orders.CUSTOMER_ID,
    CAST(orders.ORDERED_AT AS DATE) AS ORDERED_ON,
    items.PRODUCT_ID,
    COALESCE(products.NAME, 'UNKNOWN') AS PRODUCT,
    COALESCE(products.CATEGORY, 'UNCATEGORISED') AS CATEGORY,
    items.QUANTITY,
    items.QUANTITY * items.UNIT_PRICE - items.DISCOUNT AS AMOUNT,
    items.QUANTITY * products.UNIT_COST AS COST
FROM {database}.SALES.ORDERS AS orders
INNER JOIN {database}.SALES.ORDER_ITEMS AS items ON orders.ORDER_ID = items.ORDER_ID
LEFT JOIN {database}.CATALOG.PRODUCTS AS products ON items.PRODUCT_ID = products.PRODUCT_ID
WHERE orders.STATUS <> 'CANCELLED' AND items.QUANTITY > 0
