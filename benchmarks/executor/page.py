"""Keeps the last figures of every benchmark, and writes them as the table of ``docs/reference/benchmarks.md``."""

import json
import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from benchmarks.executor.rows import REAL, Row

KEPT: Final = Path("build/benchmarks.json")
PAGE: Final = Path("docs/reference/benchmarks.md")
BEGIN: Final = "<!-- figures: made by the command -->"
END: Final = "<!-- end of figures -->"


def keep(name: str, rows: list[Row]) -> None:
    """Remember what a benchmark found, in place of what it found before."""
    known: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    day = datetime.now(UTC).date().isoformat()  # noqa: TID251 - a figure is of a day
    known[name] = {"day": day, "machine": machine(), "rows": [asdict(row) for row in rows]}
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text(json.dumps(known, indent=1), encoding="utf-8")


def machine() -> str:
    """The machine, in a few words."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{os.cpu_count()} cores, {model}, {platform.system()}, Python {platform.python_version()}"


def write_page(names: list[str]) -> None:
    """Put the kept figures, in the order of these names, between the marks on the page."""
    known: dict[str, Any] = json.loads(KEPT.read_text(encoding="utf-8"))
    found = [(name, known[name]) for name in names if name in known]
    text = PAGE.read_text(encoding="utf-8")
    before, after = text.partition(BEGIN)[0], text.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{table(found)}\n{END}{after}", encoding="utf-8")


def table(found: list[tuple[str, dict[str, Any]]]) -> str:
    """The figures of several benchmarks in Markdown; what is missed is said in bold."""
    lines = ["| benchmark | what | figure | mark | | real |", "|---|---|--:|--:|---|---|"]
    letters: set[str] = set()
    for name, of in found:
        rows = [Row(**row) for row in of["rows"]]
        for number, row in enumerate(rows):
            mark = "" if row.limit is None else f"≤ {row.limit:g}"
            kept = {None: "", True: "kept", False: "**missed**"}[row.kept]
            figure = f"{row.value:.3g} {row.unit}".strip()
            lines.append(f"| {'' if number else f'`{name}`'} | {row.what} | {figure} | {mark} | {kept} | {row.real} |")
        letters |= {row.real for row in rows}
    taken = sorted({f"{of['day']}: {of['machine']}" for _, of in found})
    what = [f"- {letter}: {REAL[letter]}" for letter in sorted(letters)]
    return "\n".join([*lines, "", "What was real:", "", *what, "", "Taken on:", "", *(f"- {one}" for one in taken), ""])
