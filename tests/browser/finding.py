"""Which browser this machine has, and what to do where it has none."""

import os
import shutil
from collections.abc import Mapping
from typing import Final

NAMES: Final = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
NONE_FOUND: Final = (
    f"no browser was found (looked for CHROME_PATH and for {', '.join(NAMES)}): install one, on Debian "
    "apt-get install chromium-headless-shell, or name one: CHROME_PATH=/path/to/chrome make test-browser"
)


def browser_path(environment: Mapping[str, str] = os.environ) -> str | None:
    """The program of a Chromium, or None."""
    named = environment.get("CHROME_PATH")
    found = (shutil.which(name, path=environment.get("PATH")) for name in ([named] if named else NAMES))
    return next((path for path in found if path), None)
