-- The lines of the orders, empty.
-- Params: -
CREATE OR REPLACE TABLE {database}.SALES.ORDER_ITEMS (
    ORDER_ID NUMBER(12, 0) NOT NULL COMMENT 'the order',
    LINE_NO NUMBER(4, 0) NOT NULL COMMENT 'the line within the order, from 1',
    PRODUCT_ID NUMBER(10, 0) NOT NULL COMMENT 'what was ordered',
    QUANTITY NUMBER(6, 0) NOT NULL COMMENT 'units; a line that is not positive is an error and counts nowhere as sold',
    UNIT_PRICE NUMBER(10, 2) NOT NULL COMMENT 'price of one unit on that day',
    DISCOUNT NUMBER(10, 2) NOT NULL COMMENT 'what the whole line costs less'
) COMMENT = 'One row per line of an order'
