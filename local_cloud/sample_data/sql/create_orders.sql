-- The orders, empty.
-- Params: -
CREATE OR REPLACE TABLE {database}.SALES.ORDERS (
    ORDER_ID NUMBER(12, 0) NOT NULL COMMENT 'identifies the order',
    CUSTOMER_ID NUMBER(10, 0) NOT NULL COMMENT 'who ordered',
    ORDERED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'when, in UTC',
    STATUS VARCHAR NOT NULL COMMENT 'PENDING, SHIPPED, COMPLETED, or CANCELLED: such an order counts nowhere as sold',
    CHANNEL VARCHAR NOT NULL COMMENT 'WEB, APP or STORE'
) COMMENT = 'One row per order'
