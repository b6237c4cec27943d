"""A shop's data, made up, the same for the same seed and last day: customers, products, orders, lines, refunds."""
