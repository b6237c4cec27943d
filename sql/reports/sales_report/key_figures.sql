-- Key figures of the period beside those of as many days right before it, in one row.
-- Params: start_date, end_date, _moment
WITH periods AS (
    SELECT
        'now' AS period,
        CAST(:start_date AS DATE) AS first_day,
        CAST(:end_date AS DATE) AS last_day
    UNION ALL
    SELECT
        'before' AS period,
        DATEADD(
            'day',
            -1 - DATEDIFF('day', CAST(:start_date AS DATE), CAST(:end_date AS DATE)),
            CAST(:start_date AS DATE)
        ) AS first_day,
        DATEADD('day', -1, CAST(:start_date AS DATE)) AS last_day
),

sold AS (
    SELECT
        periods.period,
        CAST(SUM(lines.amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT lines.order_id) AS orders,
        COUNT(DISTINCT lines.customer_id) AS customers
    FROM periods
    INNER JOIN sales.sold_lines AT(TIMESTAMP => :_moment) AS lines
        ON lines.ordered_on >= periods.first_day AND lines.ordered_on <= periods.last_day
    GROUP BY periods.period
),

figures AS (
    SELECT
        periods.period,
        COALESCE(sold.revenue, 0) AS revenue,
        COALESCE(sold.orders, 0) AS orders,
        COALESCE(sold.customers, 0) AS customers,
        CAST(ROUND(sold.revenue / sold.orders, 2) AS NUMBER(18, 2)) AS average_order_value
    FROM periods
    LEFT JOIN sold ON periods.period = sold.period
)

SELECT
    now.revenue,
    earlier.revenue AS previous_revenue,
    now.orders,
    earlier.orders AS previous_orders,
    now.customers,
    earlier.customers AS previous_customers,
    now.average_order_value,
    earlier.average_order_value AS previous_average_order_value
FROM figures AS now
INNER JOIN figures AS earlier ON earlier.period = 'before'
WHERE now.period = 'now'
ORDER BY now.period
