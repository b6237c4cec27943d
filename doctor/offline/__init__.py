"""What will break, judged from files alone: templates, task definitions, Dockerfiles, requests, settings.

A theory is one way in which tasks fail, with what it looks for in the files. It asks nobody, so it runs before anything
is deployed. What only the account knows is no fault: an unknown part of a template counts as right.
"""
