-- Rows checked, rows failed and the share passed over all checks, on the day and a month earlier, in one row.
-- Params: as_of, _moment
WITH periods AS (
    SELECT
        'now' AS period,
        CAST(:as_of AS DATE) AS last_day
    UNION ALL
    SELECT
        'before' AS period,
        DATEADD('month', -1, CAST(:as_of AS DATE)) AS last_day
),

customers AS (
    SELECT
        periods.period,
        members.email,
        members.tier,
        COUNT(*) OVER (PARTITION BY periods.period, LOWER(members.email)) AS same_email
    FROM periods
    INNER JOIN crm.customers AT(TIMESTAMP => :_moment) AS members ON members.signup_date <= periods.last_day
),

products AS (
    SELECT
        periods.period,
        items.category,
        items.unit_cost,
        items.units_received,
        items.units_on_hand
    FROM periods
    INNER JOIN catalog.products AT(TIMESTAMP => :_moment) AS items ON items.launched_on <= periods.last_day
),

orders AS (
    SELECT
        periods.period,
        placed.order_id,
        CAST(placed.ordered_at AS DATE) AS ordered_on,
        members.signup_date
    FROM periods
    INNER JOIN sales.orders AT(TIMESTAMP => :_moment) AS placed ON CAST(placed.ordered_at AS DATE) <= periods.last_day
    LEFT JOIN crm.customers AT(TIMESTAMP => :_moment) AS members ON placed.customer_id = members.customer_id
),

lines AS (
    SELECT
        orders.period,
        items.quantity,
        items.unit_price,
        known.product_id AS known_product
    FROM orders
    INNER JOIN sales.order_items AT(TIMESTAMP => :_moment) AS items ON orders.order_id = items.order_id
    LEFT JOIN catalog.products AT(TIMESTAMP => :_moment) AS known ON items.product_id = known.product_id
),

refunds AS (
    SELECT
        periods.period,
        returned.amount,
        returned.refunded_at,
        placed.ordered_at,
        items.quantity * items.unit_price - items.discount AS line_amount
    FROM periods
    INNER JOIN sales.refunds AT(TIMESTAMP => :_moment) AS returned
        ON CAST(returned.refunded_at AS DATE) <= periods.last_day
    LEFT JOIN sales.orders AT(TIMESTAMP => :_moment) AS placed ON returned.order_id = placed.order_id
    LEFT JOIN sales.order_items AT(TIMESTAMP => :_moment) AS items
        ON returned.order_id = items.order_id AND returned.line_no = items.line_no
),

counts AS (
    SELECT
        period,
        4 * COUNT(*) AS checked_rows,
        COUNT_IF(email IS NULL)
        + COUNT_IF(email IS NOT NULL AND email NOT LIKE '%_@_%._%')
        + COUNT_IF(email IS NOT NULL AND same_email > 1)
        + COUNT_IF(tier IS NULL) AS failed_rows
    FROM customers
    GROUP BY period
    UNION ALL
    SELECT
        period,
        3 * COUNT(*) AS checked_rows,
        COUNT_IF(category IS NULL)
        + COUNT_IF(unit_cost IS NULL)
        + COUNT_IF(units_on_hand > units_received) AS failed_rows
    FROM products
    GROUP BY period
    UNION ALL
    SELECT
        period,
        2 * COUNT(*) AS checked_rows,
        COUNT_IF(signup_date IS NULL) + COUNT_IF(ordered_on < signup_date) AS failed_rows
    FROM orders
    GROUP BY period
    UNION ALL
    SELECT
        period,
        3 * COUNT(*) AS checked_rows,
        COUNT_IF(quantity <= 0) + COUNT_IF(unit_price <= 0) + COUNT_IF(known_product IS NULL) AS failed_rows
    FROM lines
    GROUP BY period
    UNION ALL
    SELECT
        period,
        2 * COUNT(*) AS checked_rows,
        COUNT_IF(amount > line_amount) + COUNT_IF(refunded_at < ordered_at) AS failed_rows
    FROM refunds
    GROUP BY period
),

figures AS (
    SELECT
        periods.period,
        CAST(COALESCE(SUM(counts.checked_rows), 0) AS NUMBER(18, 0)) AS checked_rows,
        CAST(COALESCE(SUM(counts.failed_rows), 0) AS NUMBER(18, 0)) AS failed_rows
    FROM periods
    LEFT JOIN counts ON periods.period = counts.period
    GROUP BY periods.period
)

SELECT
    now.checked_rows,
    earlier.checked_rows AS previous_checked_rows,
    now.failed_rows,
    earlier.failed_rows AS previous_failed_rows,
    CAST(
        ROUND(100 * (now.checked_rows - now.failed_rows) / NULLIF(now.checked_rows, 0), 4) AS NUMBER(18, 4)
    ) AS pass_rate_pct,
    CAST(
        ROUND(100 * (earlier.checked_rows - earlier.failed_rows) / NULLIF(earlier.checked_rows, 0), 4) AS NUMBER(18, 4)
    ) AS previous_pass_rate_pct
FROM figures AS now
INNER JOIN figures AS earlier ON earlier.period = 'before'
WHERE now.period = 'now'
ORDER BY now.period
