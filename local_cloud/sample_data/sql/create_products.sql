-- Everything on sale, empty.
-- Params: -
CREATE OR REPLACE TABLE {database}.CATALOG.PRODUCTS (
    PRODUCT_ID NUMBER(10, 0) NOT NULL COMMENT 'identifies the product',
    NAME VARCHAR NOT NULL COMMENT 'what it is called',
    CATEGORY VARCHAR COMMENT 'its department; NULL if nobody has sorted it in',
    LIST_PRICE NUMBER(10, 2) NOT NULL COMMENT 'price of one unit before discounts',
    UNIT_COST NUMBER(10, 2) COMMENT 'what one unit costs the shop; NULL if unknown',
    UNITS_RECEIVED NUMBER(10, 0) NOT NULL COMMENT 'units that ever came into stock',
    UNITS_ON_HAND NUMBER(10, 0) NOT NULL COMMENT 'units in stock now',
    LAUNCHED_ON DATE NOT NULL COMMENT 'the first day it could be bought'
) COMMENT = 'Everything on sale'
