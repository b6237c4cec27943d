-- Key figures of all products in the period beside those of as many days right before it, in one row.
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
        COUNT(DISTINCT lines.product_id) AS products,
        CAST(SUM(lines.quantity) AS NUMBER(18, 0)) AS units,
        CAST(SUM(lines.amount) AS NUMBER(18, 2)) AS revenue,
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
        COALESCE(sold.products, 0) AS products,
        COALESCE(sold.units, 0) AS units,
        COALESCE(sold.revenue, 0) AS revenue,
        COALESCE(sold.margin, 0) AS margin,
        COALESCE(returned.refunds, 0) AS refunds
    FROM periods
    LEFT JOIN sold ON periods.period = sold.period
    LEFT JOIN returned ON periods.period = returned.period
)

SELECT
    now.products,
    earlier.products AS previous_products,
    now.units,
    earlier.units AS previous_units,
    now.revenue,
    earlier.revenue AS previous_revenue,
    now.margin,
    earlier.margin AS previous_margin,
    now.refunds,
    earlier.refunds AS previous_refunds
FROM figures AS now
INNER JOIN figures AS earlier ON earlier.period = 'before'
WHERE now.period = 'now'
ORDER BY now.period
