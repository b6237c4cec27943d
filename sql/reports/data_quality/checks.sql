-- One row per check: rows checked, rows failed, share passed, verdict.
-- Params: _moment, as_of
WITH customers AS (
    SELECT
        email,
        tier,
        COUNT(*) OVER (PARTITION BY LOWER(email)) AS same_email
    FROM crm.customers AT(TIMESTAMP => :_moment)
    WHERE signup_date <= CAST(:as_of AS DATE)
),

products AS (
    SELECT
        category,
        unit_cost,
        units_received,
        units_on_hand
    FROM catalog.products AT(TIMESTAMP => :_moment)
    WHERE launched_on <= CAST(:as_of AS DATE)
),

orders AS (
    SELECT
        orders.order_id,
        orders.ordered_at,
        CAST(orders.ordered_at AS DATE) AS ordered_on,
        customers.signup_date
    FROM sales.orders AT(TIMESTAMP => :_moment) AS orders
    LEFT JOIN crm.customers AT(TIMESTAMP => :_moment) AS customers ON orders.customer_id = customers.customer_id
    WHERE CAST(orders.ordered_at AS DATE) <= CAST(:as_of AS DATE)
),

lines AS (
    SELECT
        items.quantity,
        items.unit_price,
        products.product_id AS known_product
    FROM sales.order_items AT(TIMESTAMP => :_moment) AS items
    INNER JOIN orders ON items.order_id = orders.order_id
    LEFT JOIN catalog.products AT(TIMESTAMP => :_moment) AS products ON items.product_id = products.product_id
),

refunds AS (
    SELECT
        refunds.amount,
        refunds.refunded_at,
        orders.ordered_at,
        items.quantity * items.unit_price - items.discount AS line_amount
    FROM sales.refunds AT(TIMESTAMP => :_moment) AS refunds
    LEFT JOIN sales.orders AT(TIMESTAMP => :_moment) AS orders ON refunds.order_id = orders.order_id
    LEFT JOIN sales.order_items AT(TIMESTAMP => :_moment) AS items
        ON refunds.order_id = items.order_id AND refunds.line_no = items.line_no
    WHERE CAST(refunds.refunded_at AS DATE) <= CAST(:as_of AS DATE)
),

checks AS (
    SELECT
        1 AS place,
        'customer_has_email' AS check_name,
        'CRM.CUSTOMERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(email IS NULL) AS failed_rows
    FROM customers
    UNION ALL
    SELECT
        2 AS place,
        'customer_email_is_well_formed' AS check_name,
        'CRM.CUSTOMERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(email IS NOT NULL AND email NOT LIKE '%_@_%._%') AS failed_rows
    FROM customers
    UNION ALL
    SELECT
        3 AS place,
        'customer_email_is_unique' AS check_name,
        'CRM.CUSTOMERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(email IS NOT NULL AND same_email > 1) AS failed_rows
    FROM customers
    UNION ALL
    SELECT
        4 AS place,
        'customer_has_tier' AS check_name,
        'CRM.CUSTOMERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(tier IS NULL) AS failed_rows
    FROM customers
    UNION ALL
    SELECT
        5 AS place,
        'product_has_category' AS check_name,
        'CATALOG.PRODUCTS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(category IS NULL) AS failed_rows
    FROM products
    UNION ALL
    SELECT
        6 AS place,
        'product_has_cost' AS check_name,
        'CATALOG.PRODUCTS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(unit_cost IS NULL) AS failed_rows
    FROM products
    UNION ALL
    SELECT
        7 AS place,
        'product_stock_adds_up' AS check_name,
        'CATALOG.PRODUCTS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(units_on_hand > units_received) AS failed_rows
    FROM products
    UNION ALL
    SELECT
        8 AS place,
        'order_has_known_customer' AS check_name,
        'SALES.ORDERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(signup_date IS NULL) AS failed_rows
    FROM orders
    UNION ALL
    SELECT
        9 AS place,
        'order_is_after_signup' AS check_name,
        'SALES.ORDERS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(ordered_on < signup_date) AS failed_rows
    FROM orders
    UNION ALL
    SELECT
        10 AS place,
        'line_quantity_is_positive' AS check_name,
        'SALES.ORDER_ITEMS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(quantity <= 0) AS failed_rows
    FROM lines
    UNION ALL
    SELECT
        11 AS place,
        'line_price_is_positive' AS check_name,
        'SALES.ORDER_ITEMS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(unit_price <= 0) AS failed_rows
    FROM lines
    UNION ALL
    SELECT
        12 AS place,
        'line_has_known_product' AS check_name,
        'SALES.ORDER_ITEMS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(known_product IS NULL) AS failed_rows
    FROM lines
    UNION ALL
    SELECT
        13 AS place,
        'refund_is_within_line_amount' AS check_name,
        'SALES.REFUNDS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(amount > line_amount) AS failed_rows
    FROM refunds
    UNION ALL
    SELECT
        14 AS place,
        'refund_is_after_order' AS check_name,
        'SALES.REFUNDS' AS table_name,
        COUNT(*) AS checked_rows,
        COUNT_IF(refunded_at < ordered_at) AS failed_rows
    FROM refunds
)

SELECT
    check_name,
    table_name,
    checked_rows,
    failed_rows,
    CAST(
        ROUND(100 * (checked_rows - failed_rows) / NULLIF(checked_rows, 0), 4) AS NUMBER(18, 4)
    ) AS pass_rate_pct,
    CASE
        WHEN failed_rows = 0 THEN 'PASS'
        WHEN 100 * failed_rows <= checked_rows THEN 'WARN'
        ELSE 'FAIL'
    END AS verdict
FROM checks
ORDER BY place
