"""Write a shop's files: `python -m local_cloud.sample_data --last-day 2026-03-01 --folder DIR`.

It computes for a second or two; whoever starts it beside other work loads the files when they are there.
"""

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from local_cloud.sample_data.generate import generate
from local_cloud.sample_data.tables import write


def main() -> None:
    """Write the files, and one line of JSON with the rows by table when they are complete."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.sample_data", description=__doc__)
    parser.add_argument("--last-day", type=date.fromisoformat, required=True, help="the last day with orders")
    parser.add_argument("--folder", type=Path, required=True, help="where the files go; it exists already")
    options = parser.parse_args()
    made = write(generate(options.last_day), options.folder)
    sys.stdout.write(json.dumps({"rows": made.rows}) + "\n")


if __name__ == "__main__":
    main()
