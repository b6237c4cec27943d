"""What a container writes becomes log events, whatever it writes."""

from pathlib import Path
from typing import Any

WRITE = "import sys; sys.stdout.buffer.write({}); sys.stdout.flush()"


def written(cloud: Any, expression: str) -> list[str]:
    lines: list[str] = cloud.lines(cloud.finish(WRITE.format(expression))["taskArn"])
    return lines


def test_a_last_line_without_an_end_is_not_lost(cloud: Any) -> None:
    assert written(cloud, "b'one\\ntwo'") == ["one", "two"]


def test_a_line_longer_than_an_event_is_split(cloud: Any) -> None:
    assert [len(line) for line in written(cloud, "b'x' * 600_000 + b'\\n'")] == [262_144, 262_144, 75_712]


def test_bytes_that_are_no_text_are_survived(cloud: Any) -> None:
    assert written(cloud, "b'caf\\xe9 \\xff\\n' + 'café'.encode()") == ["caf\ufffd \ufffd", "café"]


def test_both_outputs_go_to_one_stream_in_order(cloud: Any) -> None:
    code = "import sys; print('out', flush=True); print('err', file=sys.stderr, flush=True); print('out')"
    assert cloud.lines(cloud.finish(code)["taskArn"]) == ["out", "err", "out"]


def test_lines_come_while_the_program_runs(cloud: Any) -> None:
    arn = cloud.run("import time; print('first', flush=True); time.sleep(60)")
    cloud.await_line(arn, "first")
    assert cloud.describe(arn)["lastStatus"] == "RUNNING"
    cloud.ecs.stop_task(cluster=cloud.stack.cluster, task=arn)


def test_much_output_arrives_whole_and_in_order(cloud: Any) -> None:
    task = cloud.finish("for n in range(9_000): print(n)")
    assert cloud.lines(task["taskArn"]) == [str(number) for number in range(9_000)]


def test_lines_can_be_read_in_a_file(cloud: Any, data_dir: Path) -> None:
    task_id = cloud.finish("print('in a file')")["taskArn"].rsplit("/", 1)[-1]
    (file,) = data_dir.rglob(f"{task_id}.log")
    assert file.read_text().endswith("Z in a file\n")
