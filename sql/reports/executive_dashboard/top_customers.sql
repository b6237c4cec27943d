-- The ten customers who brought in most this year up to the day.
-- Params: _moment, as_of
WITH bought AS (
    SELECT
        customer_id,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT order_id) AS orders
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE
        ordered_on >= CAST(DATE_TRUNC('year', CAST(:as_of AS DATE)) AS DATE)
        AND ordered_on <= CAST(:as_of AS DATE)
    GROUP BY customer_id
),

ranked AS (
    SELECT
        customer_id,
        revenue,
        orders,
        ROW_NUMBER() OVER (ORDER BY revenue DESC, customer_id) AS place,
        CAST(ROUND(100 * revenue / NULLIF(SUM(revenue) OVER (), 0), 2) AS NUMBER(18, 2)) AS revenue_share_pct
    FROM bought
)

SELECT
    ranked.place AS rank,
    ranked.customer_id,
    customers.name,
    customers.tier,
    customers.country,
    ranked.orders,
    ranked.revenue,
    ranked.revenue_share_pct
FROM ranked
LEFT JOIN crm.customers AT(TIMESTAMP => :_moment) AS customers ON ranked.customer_id = customers.customer_id
WHERE ranked.place <= 10
ORDER BY ranked.place
