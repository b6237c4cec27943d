"""What acts at a time of its own: scheduled actions of Application Auto Scaling and EventBridge Scheduler."""
