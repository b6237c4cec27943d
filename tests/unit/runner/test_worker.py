"""The thread that makes a report, with a source and a bucket that live in memory."""

import gc
import io
import queue
from collections.abc import Iterator

import pytest

from contract.outcome import ExitCode
from contract.task_spec import SPEC_ENV
from runner import source, worker
from runner.arrow import pa
from runner.ending import DeadlineSet, Ending, Finished, Message
from runner.log import Log
from runner.source import Rows
from runner.worker import Worker
from runner.writers.format import Column
from tests.unit.runner.test_report_run import NOW, Bucket, Source, specified


@pytest.fixture
def nothing_collected() -> Iterator[None]:
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


class Watching(Source):
    """Notes whether cycles are looked for while its rows are asked for."""

    collects = False

    def run(self, *asked: object) -> Rows:
        self.collects = gc.isenabled()
        return super().run(*asked)

    def close(self) -> None:
        """There is nobody to sign out from."""


@pytest.mark.usefixtures("nothing_collected")
def test_cycles_are_looked_for_again_before_the_first_row(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Watching((Column("x", type=pa.int64(), kind="FIXED"),), [])
    monkeypatch.setattr(source.Source, "connect", lambda *_: asked)
    monkeypatch.setattr(worker, "s3_client", Bucket)
    mailbox: queue.SimpleQueue[Message] = queue.SimpleQueue()
    environment = {
        SPEC_ENV: specified().model_dump_json(by_alias=True),
        "SNOWFLAKE_ACCOUNT": "local", "SNOWFLAKE_HOST": "127.0.0.1", "SNOWFLAKE_USER": "r", "SNOWFLAKE_PASSWORD": "p",
    }  # fmt: skip
    Worker(environment, Log(io.StringIO(), lambda: NOW), mailbox, Ending()).run()
    assert isinstance(mailbox.get_nowait(), DeadlineSet)
    assert mailbox.get_nowait() == Finished(ExitCode.DONE)
    assert asked.collects
