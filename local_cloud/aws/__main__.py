"""Run a local AWS until it is told to stop: `python -m local_cloud.aws --data-dir DIR --images FILE`."""

import argparse
import json
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from local_cloud.allocator import share_few_arenas
from local_cloud.aws.data_lock import DataDirTakenError, take
from local_cloud.aws.fargate.images import ImageFileError, ImageMap
from local_cloud.aws.parent_death import die_with_parent
from local_cloud.aws.settings import ServerSettings
from local_cloud.collecting import loading

USAGE = 2


def parse_arguments(arguments: Sequence[str]) -> ServerSettings:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m local_cloud.aws", description="A local AWS on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="TCP port; 0 takes a free one")
    parser.add_argument("--data-dir", type=Path, required=True, help="folder for objects and logs")
    parser.add_argument("--images", type=Path, required=True, help="JSON file: image name to local entry point")
    parser.add_argument("--start-delay-s", type=float, default=0.2, help="time before a task is RUNNING")
    parser.add_argument("--stopped-retention-s", type=float, default=3600.0, help="memory of STOPPED tasks")
    parser.add_argument("--visible-after-s", type=float, default=0.0, help="time a new task is MISSING")
    parser.add_argument("--throttle", choices=("aws", "off"), default="off", help="let requests through at AWS's rates")
    parser.add_argument("--time-scale", type=float, default=1.0, help="seconds that a second of ECS's timers takes")
    parser.add_argument("--die-with-parent", action="store_true", help="end when the starting process ends")
    options = parser.parse_args(arguments)
    return ServerSettings(
        data_dir=options.data_dir.resolve(),
        images_file=options.images.resolve(),
        port=options.port,
        start_delay_s=options.start_delay_s,
        stopped_retention_s=options.stopped_retention_s,
        visible_after_s=options.visible_after_s,
        throttled=options.throttle == "aws",
        time_scale=options.time_scale,
        die_with_parent=options.die_with_parent,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; the exit code is 0 then, 2 when it cannot start as asked."""
    settings = parse_arguments(sys.argv[1:] if arguments is None else arguments)
    share_few_arenas()
    asked_to_stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        # In a thread of its own: a handler runs in the main thread, which may hold the event's lock at that moment.
        signal.signal(signum, lambda *_: threading.Thread(target=asked_to_stop.set, daemon=True).start())
    if settings.die_with_parent:
        die_with_parent(asked_to_stop.set)
    images = ImageMap(settings.images_file)
    try:
        images.check()
        lock = take(settings.data_dir)
    except (DataDirTakenError, ImageFileError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    from local_cloud.aws.quick_loading import each_file_once  # noqa: PLC0415 - as below

    with loading(), each_file_once():
        from local_cloud.aws.server import LocalAws  # noqa: PLC0415 - takes a second; mistakes are told before

        local_aws = LocalAws(settings, images)
    local_aws.start()
    ready = {"ready": True, "service": "aws", "endpoint": local_aws.endpoint}
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    asked_to_stop.wait()
    local_aws.stop()
    lock.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
