"""`make verify-account`: do the steps in the account that the settings name, and say what was found."""

import argparse
import sys

from executor.deploy.signing_in import explicit
from executor.settings import ObjectNames, SettingsError, SnowflakeSettings, load
from tests.account.account import Account
from tests.account.steps import STEPS, look_at


def main() -> int:
    """0: nothing differs; 1: something does; 2: the settings are not in order."""
    parser = argparse.ArgumentParser(prog="make verify-account", description=__doc__)
    parser.add_argument(
        "steps", nargs="*", metavar="STEP", help="these steps only: " + ", ".join(s.name for s in STEPS)
    )
    names = parser.parse_args().steps
    if unknown := sorted(set(names) - {step.name for step in STEPS}):
        parser.error(f"there is no step {', '.join(unknown)}")
    try:
        objects, sign_in = load(ObjectNames, SnowflakeSettings)
        account = Account(explicit(sign_in.connect_arguments(objects)))
    except SettingsError as error:
        sys.stderr.write(f"verify-account: {error}\n")
        return 2
    found = []
    for step, seen in look_at(account, names):
        found.append(seen.verdict)
        sys.stdout.write(f"{seen.verdict:<10} {step.name}: {step.what}\n           {seen.detail}\n")
        sys.stdout.flush()
    return int("differs" in found)


if __name__ == "__main__":
    sys.exit(main())
