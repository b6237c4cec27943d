-- Sales by month: revenue, orders, customers, average order value, growth against the month before, what sold best.
-- Params: _moment, start_date, end_date
WITH sold AS (
    SELECT
        order_id,
        customer_id,
        product_id,
        product,
        category,
        amount,
        CAST(DATE_TRUNC('month', ordered_on) AS DATE) AS month
    FROM sales.sold_lines AT(TIMESTAMP => :_moment)
    WHERE ordered_on >= CAST(:start_date AS DATE) AND ordered_on <= CAST(:end_date AS DATE)
),

months AS (
    SELECT
        month,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue,
        COUNT(DISTINCT order_id) AS orders,
        COUNT(DISTINCT customer_id) AS customers
    FROM sold
    GROUP BY month
),

products AS (
    SELECT
        month,
        product_id,
        product,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue
    FROM sold
    GROUP BY month, product_id, product
),

categories AS (
    SELECT
        month,
        category,
        CAST(SUM(amount) AS NUMBER(18, 2)) AS revenue
    FROM sold
    GROUP BY month, category
),

top_products AS (
    SELECT
        month,
        product
    FROM products
    QUALIFY ROW_NUMBER() OVER (PARTITION BY month ORDER BY revenue DESC, product_id) = 1
),

top_categories AS (
    SELECT
        month,
        category
    FROM categories
    QUALIFY ROW_NUMBER() OVER (PARTITION BY month ORDER BY revenue DESC, category) = 1
)

SELECT
    months.month,
    months.revenue,
    months.orders,
    months.customers,
    CAST(ROUND(months.revenue / months.orders, 2) AS NUMBER(18, 2)) AS average_order_value,
    CAST(
        ROUND(100 * (months.revenue - earlier.revenue) / NULLIF(earlier.revenue, 0), 2) AS NUMBER(18, 2)
    ) AS growth_pct,
    top_products.product AS top_product,
    top_categories.category AS top_category
FROM months
LEFT JOIN months AS earlier ON earlier.month = CAST(DATEADD('month', -1, months.month) AS DATE)
INNER JOIN top_products ON months.month = top_products.month
INNER JOIN top_categories ON months.month = top_categories.month
ORDER BY months.month
