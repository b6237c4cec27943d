-- Key figures of the customers on the day beside those of a month earlier, in one row.
-- Params: as_of, _moment, tier
WITH periods AS (
    SELECT
        'now' AS period,
        CAST(:as_of AS DATE) AS last_day
    UNION ALL
    SELECT
        'before' AS period,
        DATEADD('month', -1, CAST(:as_of AS DATE)) AS last_day
),

members AS (
    SELECT
        periods.period,
        periods.last_day,
        customers.customer_id
    FROM periods
    INNER JOIN crm.customers AT(TIMESTAMP => :_moment) AS customers ON customers.signup_date <= periods.last_day
    WHERE CAST(:tier AS VARCHAR) IS NULL OR customers.tier = CAST(:tier AS VARCHAR)
),

counted AS (
    SELECT
        period,
        COUNT(*) AS customers
    FROM members
    GROUP BY period
),

bought AS (
    SELECT
        members.period,
        CAST(SUM(lines.amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT lines.order_id) AS orders
    FROM members
    INNER JOIN sales.sold_lines AT(TIMESTAMP => :_moment) AS lines
        ON members.customer_id = lines.customer_id AND lines.ordered_on <= members.last_day
    GROUP BY members.period
),

returned AS (
    SELECT
        members.period,
        CAST(SUM(refunds.amount) AS NUMBER(18, 2)) AS refunds
    FROM members
    INNER JOIN sales.orders AT(TIMESTAMP => :_moment) AS orders ON members.customer_id = orders.customer_id
    INNER JOIN sales.refunds AT(TIMESTAMP => :_moment) AS refunds
        ON orders.order_id = refunds.order_id AND CAST(refunds.refunded_at AS DATE) <= members.last_day
    GROUP BY members.period
),

figures AS (
    SELECT
        periods.period,
        COALESCE(counted.customers, 0) AS customers,
        COALESCE(bought.revenue, 0) AS revenue,
        CAST(
            ROUND((COALESCE(bought.revenue, 0) - COALESCE(returned.refunds, 0)) / counted.customers, 2)
            AS NUMBER(18, 2)
        ) AS lifetime_value,
        CAST(ROUND(COALESCE(bought.orders, 0) / counted.customers, 2) AS NUMBER(18, 2)) AS average_orders
    FROM periods
    LEFT JOIN counted ON periods.period = counted.period
    LEFT JOIN bought ON periods.period = bought.period
    LEFT JOIN returned ON periods.period = returned.period
)

SELECT
    now.customers,
    earlier.customers AS previous_customers,
    now.revenue,
    earlier.revenue AS previous_revenue,
    now.lifetime_value,
    earlier.lifetime_value AS previous_lifetime_value,
    now.average_orders,
    earlier.average_orders AS previous_average_orders
FROM figures AS now
INNER JOIN figures AS earlier ON earlier.period = 'before'
WHERE now.period = 'now'
ORDER BY now.period
