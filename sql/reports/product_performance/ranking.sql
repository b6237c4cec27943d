-- Products ranked by revenue, with margin, sell-through and refunds.
-- Params: _moment, start_date, end_date, top_n
WITH sold AS (
    SELECT
        product_id,
        product,
        category,
        CAST(SUM(quantity) AS NUMBER(18, 0)) AS units,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        CAST(SUM(cost) AS NUMBER(18, 2)) AS cost
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE ordered_on >= CAST(:start_date AS DATE) AND ordered_on <= CAST(:end_date AS DATE)
    GROUP BY product_id, product, category
),

returned AS (
    SELECT
        items.product_id,
        CAST(SUM(refunds.amount) AS NUMBER(18, 2)) AS refunds
    FROM sales.refunds AT(TIMESTAMP => :_moment) AS refunds
    INNER JOIN sales.order_items AT(TIMESTAMP => :_moment) AS items
        ON refunds.order_id = items.order_id AND refunds.line_no = items.line_no
    WHERE
        CAST(refunds.refunded_at AS DATE) >= CAST(:start_date AS DATE)
        AND CAST(refunds.refunded_at AS DATE) <= CAST(:end_date AS DATE)
    GROUP BY items.product_id
),

ranked AS (
    SELECT
        *,
        ROW_NUMBER() OVER (ORDER BY revenue DESC, product_id) AS place
    FROM sold
)

SELECT
    ranked.place AS rank,
    ranked.product_id,
    ranked.product,
    ranked.category,
    ranked.units,
    ranked.revenue,
    CAST(ranked.revenue - ranked.cost AS NUMBER(18, 2)) AS margin,
    CAST(
        ROUND(100 * (ranked.revenue - ranked.cost) / NULLIF(ranked.revenue, 0), 2) AS NUMBER(18, 2)
    ) AS margin_pct,
    CAST(ROUND(100 * ranked.units / NULLIF(products.units_received, 0), 2) AS NUMBER(18, 2)) AS sell_through_pct,
    COALESCE(returned.refunds, 0) AS refunds
FROM ranked
LEFT JOIN catalog.products AT(TIMESTAMP => :_moment) AS products ON ranked.product_id = products.product_id
LEFT JOIN returned ON ranked.product_id = returned.product_id
WHERE ranked.place <= CAST(:top_n AS NUMBER(4, 0))
ORDER BY ranked.place
