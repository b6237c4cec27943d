"""Draws ``run.svg``: a real run of ``reporting demo``, as a terminal shows it.

Run it from the folder of the project: ``python docs/images/draw_run.py``.
"""

import io
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

WIDTH = 150


def main() -> None:
    """Run the demo, and draw what it prints."""
    with tempfile.TemporaryDirectory() as folder:
        said = subprocess.run(
            [sys.executable, "-m", "executor", "demo", "--dir", f"{folder}/demo"],
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": ".",
                "FORCE_COLOR": "1",
                "COLUMNS": str(WIDTH),
                "TTY_COMPATIBLE": "1",
                "TTY_INTERACTIVE": "0",
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout.replace(f"{folder}/demo", "build/demo")
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi("$ make demo\n" + said))
    # Without the web font that Rich names: a picture should ask nobody for anything.
    svg = re.sub(r"@font-face \{.*?\}", "", console.export_svg(title="make demo"), flags=re.DOTALL)
    Path(__file__).with_name("run.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
