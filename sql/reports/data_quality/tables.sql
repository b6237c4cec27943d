-- The tables behind the checks: how many rows, their first and their last day, and how old the newest is.
-- Params: _moment, as_of
WITH days AS (
    SELECT 'CRM.CUSTOMERS' AS table_name, signup_date AS day FROM crm.customers AT(TIMESTAMP => :_moment)
    UNION ALL
    SELECT 'CATALOG.PRODUCTS' AS table_name, launched_on AS day FROM catalog.products AT(TIMESTAMP => :_moment)
    UNION ALL
    SELECT 'SALES.ORDERS' AS table_name, CAST(ordered_at AS DATE) AS day FROM sales.orders AT(TIMESTAMP => :_moment)
    UNION ALL
    SELECT 'SALES.REFUNDS' AS table_name, CAST(refunded_at AS DATE) AS day FROM sales.refunds AT(TIMESTAMP => :_moment)
    UNION ALL
    SELECT 'SALES.ORDER_ITEMS' AS table_name, CAST(orders.ordered_at AS DATE) AS day
    FROM sales.order_items AT(TIMESTAMP => :_moment) AS items
    INNER JOIN sales.orders AT(TIMESTAMP => :_moment) AS orders ON items.order_id = orders.order_id
)

SELECT
    table_name,
    COUNT(*) AS row_count,
    MIN(day) AS first_day,
    MAX(day) AS last_day,
    DATEDIFF('day', MAX(day), CAST(:as_of AS DATE)) AS days_since_last
FROM days
WHERE day <= CAST(:as_of AS DATE)
GROUP BY table_name
ORDER BY table_name
