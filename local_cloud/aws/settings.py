"""What a local AWS is started with."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The knobs of one local AWS.

    Attributes:
        data_dir: holds objects, logs and the tasks' home folder; made when absent.
        images_file: JSON file that maps image names to local entry points.
        port: TCP port on 127.0.0.1; 0 takes a free one.
        start_delay_s: time a task spends before RUNNING, spread over the states in between.
        stopped_retention_s: how long a STOPPED task can still be described (ECS promises an hour or more).
        visible_after_s: how long after its launch a task cannot be described yet.
        throttled: whether requests are let through at AWS's rates only.
        time_scale: how many seconds one second of ECS's own timers takes: health checks, service scheduler.
        die_with_parent: end when the process that started this one ends.
    """

    data_dir: Path
    images_file: Path
    port: int = 0
    start_delay_s: float = 0.2
    stopped_retention_s: float = 3600.0
    visible_after_s: float = 0.0
    throttled: bool = False
    time_scale: float = 1.0
    die_with_parent: bool = False
