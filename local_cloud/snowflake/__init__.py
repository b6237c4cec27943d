"""A local Snowflake: fakesnow extended from outside, served over HTTP to unchanged clients."""
