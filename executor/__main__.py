"""``python -m executor`` is the command ``reporting``; as a service, without options, it reads no command line."""

import sys

if sys.argv[1:] == ["run"]:
    from executor.cli.foreground import main
else:
    from executor.cli.main import main

main()
