"""Checks of a deployment: each asks one question, reads little, changes nothing, and says what to do.

A check is a class with a stable id. It gets a :class:`doctor.checks.place.Place` through which it asks AWS and
Snowflake, and answers with what is wrong; nothing means that all is well. What it may not read makes it *could not
look*, with the right that it needs, and never a pass.
"""
