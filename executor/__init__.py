"""The executor: claims jobs in Snowflake, launches one Fargate task per attempt, writes back what came of it."""
