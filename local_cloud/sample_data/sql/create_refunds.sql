-- The refunds, empty.
-- Params: -
CREATE OR REPLACE TABLE {database}.SALES.REFUNDS (
    REFUND_ID NUMBER(12, 0) NOT NULL COMMENT 'identifies the refund',
    ORDER_ID NUMBER(12, 0) NOT NULL COMMENT 'the order it belongs to',
    LINE_NO NUMBER(4, 0) NOT NULL COMMENT 'the line of that order',
    REFUNDED_AT TIMESTAMP_NTZ NOT NULL COMMENT 'when, in UTC; a refund counts on this day, not on that of the order',
    QUANTITY NUMBER(6, 0) NOT NULL COMMENT 'units that came back',
    AMOUNT NUMBER(10, 2) NOT NULL COMMENT 'money that was paid back',
    REASON VARCHAR NOT NULL COMMENT 'DAMAGED, NOT_AS_DESCRIBED, CHANGED_MIND or LATE'
) COMMENT = 'One row per refund of a line'
