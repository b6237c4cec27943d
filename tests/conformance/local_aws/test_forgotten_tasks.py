"""What is left of a task in the server's memory: its document and what RunTask answered, for an hour after its end."""

import gc
import json
import sys
import threading
import weakref
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from local_cloud.aws.clock import utc_now
from local_cloud.aws.fargate.container_plan import Surroundings
from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.images import ImageMap
from local_cloud.aws.fargate.processes import ProcessHost
from local_cloud.aws.fargate.record import TaskRecord
from local_cloud.aws.fargate.roster import Entry, Roster
from local_cloud.aws.fargate.supervisor import Platform
from local_cloud.aws.faults.orders import FaultBook
from local_cloud.aws.throttle import NoThrottle
from tests.unit.local_cloud.test_aws_requests import PARAMS, PLACE, SmallWorld

ENDS_WITHIN_S = 30.0
KEPT_S = 3_600.0


class Fargate:
    """An engine whose clock is moved by hand and whose only image ends at once."""

    def __init__(self, folder: Path) -> None:
        images = folder / "images.json"
        images.write_text(json.dumps({"i": {"command": [sys.executable, "-c", ""]}}), encoding="utf-8")
        self.now = utc_now()
        self.roster = Roster(lambda: self.now, KEPT_S, 0.0)
        self._stopped = threading.Event()
        platform = Platform(
            world=SmallWorld(),
            host=ProcessHost(),
            images=ImageMap(images),
            clock=lambda: self.now,
            start_delay_s=0.0,
            around=lambda _container_id, _place: Surroundings({}, folder),
            faults=FaultBook(),
            watch=self._watch,
            time_scale=1.0,
        )
        self.engine = FargateEngine(platform, NoThrottle(), self.roster)

    def run(self, token: str) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.engine.run_task({**PARAMS, "clientToken": token}, PLACE))
        return answer

    def finish(self, token: str) -> Entry:
        """Run a task to its end."""
        self.run(token)
        entry = self.roster.entries()[-1]
        assert self._stopped.wait(ENDS_WITHIN_S)
        entry[1].join(ENDS_WITHIN_S)
        return entry

    def known(self, arn: str) -> bool:
        answer = json.loads(self.engine.describe_tasks({"cluster": "c", "tasks": [arn]}, PLACE))
        return bool(answer["tasks"])

    def _watch(self, record: TaskRecord) -> None:
        if record.last_status == "STOPPED":
            self._stopped.set()


@pytest.fixture
def fargate(tmp_path: Path) -> Iterator[Fargate]:
    made = Fargate(tmp_path)
    yield made
    made.engine.close()


def test_a_task_that_has_ended_holds_no_process(fargate: Fargate) -> None:
    record, supervisor = fargate.finish("token")
    assert record.container("report")["exitCode"] == 0
    assert (supervisor.containers, supervisor.launched_with) == ({}, "")


def test_an_hour_after_its_end_a_task_is_gone_and_so_is_the_answer_to_its_token(fargate: Fargate) -> None:
    record, supervisor = fargate.finish("token")
    arn = record.arn
    watched: list[weakref.ref[Any]] = [weakref.ref(record), weakref.ref(supervisor)]
    del record, supervisor
    fargate.now += timedelta(seconds=KEPT_S - 1)
    assert fargate.known(arn)
    assert fargate.run("token")["tasks"][0]["taskArn"] == arn
    fargate.now += timedelta(seconds=1 + KEPT_S / 100)
    assert not fargate.known(arn)
    gc.collect()
    assert [one() for one in watched] == [None, None]
    assert fargate.run("token")["tasks"][0]["taskArn"] != arn
