"""Imports every module of some packages: what an image lacks shows when it is built, and not when a report is made.

``python smoke.py PACKAGE… [--without MODULE…]``; ``--without`` names modules (with all below them) that are for another
image or for a person's machine.
"""

import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import walk_packages


def modules(packages: Sequence[str], without: Sequence[str]) -> list[str]:
    """Every module below these packages but those that run when they are imported, and those left out."""
    found = list(packages)
    for package in packages:
        below = walk_packages(import_module(package).__path__, f"{package}.")
        found += [one.name for one in below if one.name.rpartition(".")[2] != "__main__"]
    return [name for name in found if not any(f"{name}.".startswith(f"{left}.") for left in without)]


def main(arguments: Sequence[str]) -> int:
    """Import them; 1 and each reason on standard error when some cannot be."""
    where = arguments.index("--without") if "--without" in arguments else len(arguments)
    wrong = []
    for name in modules(arguments[:where], arguments[where + 1 :]):
        try:
            import_module(name)
        except ImportError as error:
            wrong.append(f"{name}: {error}")
    sys.stderr.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
