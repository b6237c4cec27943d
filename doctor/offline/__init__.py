"""What will break, judged from files alone: templates, task definitions, Dockerfiles, requests, settings.

A check of files looks for one way in which tasks fail: a theory. It asks nobody, so it runs before anything is
deployed. What only the account knows is no fault: an unknown part of a template counts as right.
"""
