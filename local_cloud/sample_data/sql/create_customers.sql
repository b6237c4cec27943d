-- Everyone who signed up, empty.
-- Params: -
CREATE OR REPLACE TABLE {database}.CRM.CUSTOMERS (
    CUSTOMER_ID NUMBER(10, 0) NOT NULL COMMENT 'identifies the customer',
    NAME VARCHAR NOT NULL COMMENT 'first and last name',
    EMAIL VARCHAR COMMENT 'address for mail; NULL if none was given',
    COUNTRY VARCHAR NOT NULL COMMENT 'ISO 3166 alpha-2 code',
    TIER VARCHAR COMMENT 'BRONZE, SILVER, GOLD or PLATINUM; NULL if not yet rated',
    STATUS VARCHAR NOT NULL COMMENT 'ACTIVE, INACTIVE (nothing bought for 180 days) or CHURNED (for 365 days)',
    SIGNUP_DATE DATE NOT NULL COMMENT 'the day of signing up'
) COMMENT = 'Everyone who signed up'
