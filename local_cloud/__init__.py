"""A Snowflake and an AWS on one machine, over their real protocols."""
