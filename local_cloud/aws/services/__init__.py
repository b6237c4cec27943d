"""ECS services: a number of tasks that is kept, replaced when unhealthy, and rolled to new definitions."""
