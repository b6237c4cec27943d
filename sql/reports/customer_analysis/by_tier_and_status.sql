-- Customers by tier and status: how many, what they bring in, how often they order.
-- Params: _moment, as_of, tier
WITH members AS (
    SELECT
        customers.customer_id,
        COALESCE(customers.tier, 'UNRATED') AS tier,
        customers.status
    FROM crm.customers AT(TIMESTAMP => :_moment) AS customers
    WHERE
        customers.signup_date <= CAST(:as_of AS DATE)
        AND (CAST(:tier AS VARCHAR) IS NULL OR customers.tier = CAST(:tier AS VARCHAR))
),

bought AS (
    SELECT
        customer_id,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT order_id) AS orders
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE ordered_on <= CAST(:as_of AS DATE)
    GROUP BY customer_id
),

returned AS (
    SELECT
        orders.customer_id,
        CAST(SUM(refunds.amount) AS NUMBER(18, 2)) AS refunds
    FROM sales.refunds AT(TIMESTAMP => :_moment) AS refunds
    INNER JOIN sales.orders AT(TIMESTAMP => :_moment) AS orders ON refunds.order_id = orders.order_id
    WHERE CAST(refunds.refunded_at AS DATE) <= CAST(:as_of AS DATE)
    GROUP BY orders.customer_id
),

segments AS (
    SELECT
        members.tier,
        members.status,
        COUNT(*) AS customers,
        CAST(SUM(COALESCE(bought.revenue, 0)) AS NUMBER(18, 2)) AS revenue,
        CAST(SUM(COALESCE(returned.refunds, 0)) AS NUMBER(18, 2)) AS refunds,
        CAST(SUM(COALESCE(bought.orders, 0)) AS NUMBER(18, 0)) AS orders
    FROM members
    LEFT JOIN bought ON members.customer_id = bought.customer_id
    LEFT JOIN returned ON members.customer_id = returned.customer_id
    GROUP BY members.tier, members.status
)

SELECT
    tier,
    status,
    customers,
    revenue,
    CAST(ROUND((revenue - refunds) / customers, 2) AS NUMBER(18, 2)) AS lifetime_value,
    CAST(ROUND(orders / customers, 2) AS NUMBER(18, 2)) AS average_orders,
    CAST(ROUND(100 * revenue / NULLIF(SUM(revenue) OVER (), 0), 2) AS NUMBER(18, 2)) AS revenue_share_pct
FROM segments
ORDER BY
    CASE tier WHEN 'PLATINUM' THEN 1 WHEN 'GOLD' THEN 2 WHEN 'SILVER' THEN 3 WHEN 'BRONZE' THEN 4 ELSE 5 END,
    tier,
    status
