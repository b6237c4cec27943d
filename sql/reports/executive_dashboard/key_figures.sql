-- Key figures of the year so far beside those of the same days of last year, in one row.
-- Params: as_of, _moment
WITH periods AS (
    SELECT
        'this_year' AS period,
        CAST(DATE_TRUNC('year', CAST(:as_of AS DATE)) AS DATE) AS first_day,
        CAST(:as_of AS DATE) AS last_day
    UNION ALL
    SELECT
        'last_year' AS period,
        CAST(DATEADD('year', -1, DATE_TRUNC('year', CAST(:as_of AS DATE))) AS DATE) AS first_day,
        CAST(DATEADD('year', -1, CAST(:as_of AS DATE)) AS DATE) AS last_day
),

sold AS (
    SELECT
        periods.period,
        CAST(SUM(lines.amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT lines.order_id) AS orders,
        COUNT(DISTINCT lines.customer_id) AS customers,
        CAST(SUM(CASE WHEN lines.cost IS NOT NULL THEN lines.amount - lines.cost END) AS NUMBER(18, 2)) AS margin
    FROM periods
    INNER JOIN sales.sold_lines AT(TIMESTAMP => :_moment) AS lines
        ON lines.ordered_on >= periods.first_day AND lines.ordered_on <= periods.last_day
    GROUP BY periods.period
),

returned AS (
    SELECT
        periods.period,
        CAST(SUM(refunds.amount) AS NUMBER(18, 2)) AS refunds
    FROM periods
    INNER JOIN sales.refunds AT(TIMESTAMP => :_moment) AS refunds
        ON
            CAST(refunds.refunded_at AS DATE) >= periods.first_day
            AND CAST(refunds.refunded_at AS DATE) <= periods.last_day
    GROUP BY periods.period
),

figures AS (
    SELECT
        periods.period,
        COALESCE(sold.revenue, 0) AS revenue,
        COALESCE(sold.orders, 0) AS orders,
        COALESCE(sold.customers, 0) AS customers,
        CAST(ROUND(sold.revenue / sold.orders, 2) AS NUMBER(18, 2)) AS average_order_value,
        COALESCE(sold.margin, 0) AS margin,
        CAST(
            ROUND(100 * COALESCE(returned.refunds, 0) / NULLIF(sold.revenue, 0), 2) AS NUMBER(18, 2)
        ) AS refund_rate_pct
    FROM periods
    LEFT JOIN sold ON periods.period = sold.period
    LEFT JOIN returned ON periods.period = returned.period
)

SELECT
    now.revenue,
    earlier.revenue AS last_year_revenue,
    now.orders,
    earlier.orders AS last_year_orders,
    now.customers,
    earlier.customers AS last_year_customers,
    now.average_order_value,
    earlier.average_order_value AS last_year_average_order_value,
    now.margin,
    earlier.margin AS last_year_margin,
    now.refund_rate_pct,
    earlier.refund_rate_pct AS last_year_refund_rate_pct
FROM figures AS now
INNER JOIN figures AS earlier ON earlier.period = 'last_year'
WHERE now.period = 'this_year'
ORDER BY now.period
