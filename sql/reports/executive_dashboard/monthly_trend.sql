-- The last 13 months, the one of the day included and cut off after it.
-- Params: _moment, as_of
WITH sold AS (
    SELECT
        CAST(DATE_TRUNC('month', ordered_on) AS DATE) AS month,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT order_id) AS orders,
        COUNT(DISTINCT customer_id) AS customers,
        CAST(SUM(CASE WHEN cost IS NOT NULL THEN amount - cost END) AS NUMBER(18, 2)) AS margin
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE
        ordered_on >= CAST(DATEADD('month', -12, DATE_TRUNC('month', CAST(:as_of AS DATE))) AS DATE)
        AND ordered_on <= CAST(:as_of AS DATE)
    GROUP BY CAST(DATE_TRUNC('month', ordered_on) AS DATE)
),

returned AS (
    SELECT
        CAST(DATE_TRUNC('month', refunded_at) AS DATE) AS month,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS refunds
    FROM sales.refunds AT(TIMESTAMP => :_moment)
    WHERE CAST(refunded_at AS DATE) <= CAST(:as_of AS DATE)
    GROUP BY CAST(DATE_TRUNC('month', refunded_at) AS DATE)
)

SELECT
    sold.month,
    sold.revenue,
    sold.orders,
    sold.customers,
    CAST(ROUND(sold.revenue / sold.orders, 2) AS NUMBER(18, 2)) AS average_order_value,
    COALESCE(sold.margin, 0) AS margin,
    COALESCE(returned.refunds, 0) AS refunds
FROM sold
LEFT JOIN returned ON sold.month = returned.month
ORDER BY sold.month
