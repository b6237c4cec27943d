"""Fargate without the cloud: the life of a task, from RunTask to STOPPED, around a real process."""
