"""How far a run is, on its log."""

import io
import json
import threading
from datetime import UTC, datetime
from typing import Any

from runner.log import Log
from runner.progress import Progress


class Lines(io.StringIO):
    """A log that says when a line was written."""

    def __init__(self) -> None:
        super().__init__()
        self.told = threading.Event()

    def flush(self) -> None:
        self.told.set()


def progress(every_s: float = 60.0) -> tuple[Progress, Lines]:
    lines = Lines()
    return Progress(Log(lines, lambda: datetime(2026, 11, 22, tzinfo=UTC)), lambda: 4096, every_s=every_s), lines


def test_a_line_says_stage_query_rows_and_bytes() -> None:
    made, lines = progress()
    made.enter("writing", "monthly")
    made.count(70)
    made.tell()
    line: dict[str, Any] = json.loads(lines.getvalue())
    told = {key: line[key] for key in ("action", "stage", "query", "rows", "bytes")}
    assert told == {"action": "report_progress", "stage": "writing", "query": "monthly", "rows": 70, "bytes": 4096}


def test_rows_are_those_of_the_query_under_way() -> None:
    made, lines = progress()
    made.count(70)
    made.enter("querying", "next")
    made.tell()
    assert json.loads(lines.getvalue())["rows"] == 0


def test_it_is_told_again_and_again_also_while_nothing_else_happens_and_no_longer_than_the_run() -> None:
    made, lines = progress(every_s=0.001)
    with made:
        for _ in range(2):
            assert lines.told.wait(10)
            lines.told.clear()
        [teller] = [thread for thread in threading.enumerate() if thread.name == "progress"]
    assert [json.loads(line)["stage"] for line in lines.getvalue().splitlines()][:2] == ["starting", "starting"]
    teller.join(10)
    assert not teller.is_alive()
