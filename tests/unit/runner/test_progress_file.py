"""What is kept in the bucket of how far a run is."""

import io
import json
import threading
from datetime import UTC, datetime

from runner.log import Log
from runner.progress import Progress
from runner.progress_file import ProgressFile
from tests.unit.runner.test_progress import Lines

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Run:
    """A run whose five seconds pass when the test says so."""

    def __init__(self) -> None:
        self.lines = io.StringIO()
        self.puts: list[tuple[str, int]] = []
        self.error: Exception | None = None
        log = Log(self.lines, lambda: NOW)
        self.progress = Progress(log, lambda: 0)
        self.file = ProgressFile(self.progress, self.put, log)

    def put(self, stage: str, rows: int) -> None:
        self.puts.append((stage, rows))
        if self.error:
            raise self.error


def test_another_stage_is_kept_at_once_and_the_same_one_first_every_ten_seconds() -> None:
    run = Run()
    run.progress.enter("writing", "monthly")
    for seconds in range(5, 35, 5):
        run.progress.count(seconds)
        run.file.look()
    assert run.puts == [("writing", 5), ("writing", 15), ("writing", 25)]
    run.progress.enter("publishing")
    run.file.look()
    assert run.puts[3:] == [("publishing", 0)]


def test_a_long_run_keeps_the_same_stage_once_a_minute() -> None:
    run = Run()
    run.progress.enter("writing", "monthly")
    for seconds in range(5, 3605, 5):
        run.progress.count(seconds)
        run.file.look()
    at_s = [rows for _, rows in run.puts]
    assert at_s[-1] - at_s[-2] == 60
    assert len(at_s) < 100  # each is paid, and kept as a version


def test_a_stage_that_could_not_be_kept_is_kept_at_the_next_look() -> None:
    run = Run()
    run.progress.enter("writing", "monthly")
    run.error = OSError("not now")
    run.file.look()
    run.error = None
    run.file.look()
    run.file.look()
    assert run.puts == [("writing", 0), ("writing", 0)]


def test_a_run_of_less_than_five_seconds_keeps_nothing() -> None:
    run = Run()
    with run.file:
        run.progress.enter("publishing")
    assert run.puts == []


def test_a_bucket_that_refuses_is_said_once_and_harms_nobody() -> None:
    run = Run()
    run.error = OSError("no way there")
    for stage in ("querying", "writing", "publishing"):
        run.progress.enter(stage)
        run.file.look()
    assert len(run.puts) == 3, "it may work the next time"
    (line,) = run.lines.getvalue().splitlines()
    told = json.loads(line)
    assert (told["action"], told["level"]) == ("progress_not_kept", "warning")
    assert "no way there" in told["message"]


def test_a_bucket_that_lets_it_wait_keeps_no_line_of_the_log_waiting() -> None:
    lines = Lines()
    asked, answers = threading.Event(), threading.Event()

    def put(_stage: str, _rows: int) -> None:
        asked.set()
        assert answers.wait(10)

    log = Log(lines, lambda: NOW)
    progress = Progress(log, lambda: 0, every_s=0.001)
    with progress, ProgressFile(progress, put, log, every_s=0.001):
        assert asked.wait(10)
        lines.told.clear()
        assert lines.told.wait(10)
        [looker] = [thread for thread in threading.enumerate() if thread.name == "progress file"]
        answers.set()
    looker.join(10)
    assert not looker.is_alive()
