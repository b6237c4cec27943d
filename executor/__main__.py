"""``python -m executor`` is the command ``reporting``."""

from executor.cli.main import main

main()
