-- Sales by category over the whole period, the largest first.
-- Params: _moment, start_date, end_date
WITH categories AS (
    SELECT
        category,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT order_id) AS orders,
        COUNT(DISTINCT customer_id) AS customers,
        CAST(SUM(quantity) AS NUMBER(18, 0)) AS units
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE ordered_on >= CAST(:start_date AS DATE) AND ordered_on <= CAST(:end_date AS DATE)
    GROUP BY category
)

SELECT
    category,
    revenue,
    orders,
    customers,
    units,
    CAST(ROUND(100 * revenue / NULLIF(SUM(revenue) OVER (), 0), 2) AS NUMBER(18, 2)) AS revenue_share_pct
FROM categories
ORDER BY revenue DESC, category
