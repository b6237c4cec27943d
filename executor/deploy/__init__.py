"""Installing the product: so far the Snowflake side."""
