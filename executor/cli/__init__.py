"""The command ``reporting``."""
