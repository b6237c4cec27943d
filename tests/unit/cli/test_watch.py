"""``watch``: rows now and then, logs in between, until what was asked for has ended."""

import json
from typing import Any, cast

import pytest
from rich.console import Console

from executor.cli.client import Client
from executor.cli.watch import Scene, _follow, _Printer, table


class Queue:
    """Answers of Snowflake, one picture after the other, the last one for ever."""

    def __init__(self, *pictures: dict[str, dict[str, Any]]) -> None:
        self.pictures = list(pictures)
        self.looks = 0

    def rows(self, name: str, **_: object) -> list[dict[str, Any]]:
        assert name == "watched_jobs"
        self.looks += 1
        if self.looks > 1 and len(self.pictures) > 1:
            self.pictures.pop(0)
        return [row for row in self.pictures[0].values() if row["status"] not in {"SUCCEEDED", "FAILED", "DUPLICATE"}]

    def job(self, job_id: str) -> dict[str, Any]:
        return self.pictures[0][job_id]


def row(job_id: str, status: str, task: str | None = None, **more: Any) -> dict[str, Any]:
    usual = {"report_type": "T", "attempt": 1, "age_s": 5, "diagnosis": None, "duplicate_of": None}
    return {"job_id": job_id, "status": status, "task_arn": task, **usual, **more}


def told(**tasks: list[str]) -> Any:
    """A tail over lists of lines; a token is how many were read, and good for its own task only."""

    def tail(task: str, token: str | None) -> tuple[list[str], str | None]:
        name, _, start = (token or f"{task}:0").partition(":")
        assert name == task, "a token of another stream"
        return tasks[task][int(start) :], f"{task}:{len(tasks[task])}"

    return tail


def scene(queue: Queue, tail: Any = None, *job_ids: str) -> Scene:
    return Scene(cast(Client, queue), tail, list(job_ids))


def progress(rows: int) -> str:
    return json.dumps({"action": "report_progress", "stage": "writing", "query": "q", "rows": rows, "message": "m"})


def test_stage_and_rows_come_from_the_log_and_the_next_attempt_begins_anew() -> None:
    queue = Queue({"a": row("a", "RUNNING", "one")}, {"a": row("a", "RUNNING", "two", attempt=2)})
    watched = scene(queue, told(one=[progress(10)], two=[progress(3)]))
    watched.look(0.0)
    watched.listen()
    assert [(job["stage"], job["rows"]) for job in watched.rows(0.0)] == [("q: writing", 10)]
    watched.look(10.0)
    watched.listen()
    assert [(job["attempt"], job["rows"]) for job in watched.rows(10.0)] == [(2, 3)]


def test_age_grows_between_looks() -> None:
    watched = scene(Queue({"a": row("a", "QUEUED")}))
    watched.look(100.0)
    assert watched.rows(107.5)[0]["age_s"] == 12


def test_rows_are_read_seldom_and_logs_often_until_the_job_has_ended(capsys: pytest.CaptureFixture[str]) -> None:
    queue = Queue(
        {"a": row("a", "RUNNING", "one")}, {"a": row("a", "SUCCEEDED", "one", rows_out=9, result_uri="s3://b/")}
    )
    now, lines = [0.0], [progress(1)]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        lines.append(progress(len(lines) + 1))

    watched = scene(queue, told(one=lines), "a")
    _follow(watched, _Printer(Console(), None, json_=True), 10.0, once=False, sleep=sleep, clock_s=lambda: now[0])
    looks = [json.loads(line)[0] for line in capsys.readouterr().out.splitlines()]
    assert queue.looks == 2
    assert [look["rows"] for look in looks] == [1, 2, 3, 4, 5, 9]
    assert (looks[-1]["status"], looks[-1]["stage"]) == ("SUCCEEDED", "s3://b/")


def test_without_names_all_open_jobs_are_watched_to_their_end_and_new_ones_come_along() -> None:
    queue = Queue(
        {"a": row("a", "QUEUED")},
        {"a": row("a", "FAILED", diagnosis="why"), "b": row("b", "QUEUED")},
    )
    watched = scene(queue)
    watched.look(0.0)
    watched.look(1.0)
    assert {job["job_id"]: job["stage"] for job in watched.rows(1.0)} == {"a": "why", "b": ""}
    assert not watched.over


def test_a_duplicate_is_watched_as_its_original() -> None:
    queue = Queue({"again": row("again", "DUPLICATE", duplicate_of="first"), "first": row("first", "RUNNING")})
    watched = scene(queue, None, "again")
    watched.look(0.0)
    assert not watched.over
    watched.look(1.0)
    assert [job["job_id"] for job in watched.rows(1.0)] == ["first"]


def test_without_a_terminal_a_line_is_printed_when_a_job_moves_and_only_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watched = scene(Queue({"a": row("a", "RUNNING", "one")}), told(one=[progress(10)]))
    show = _Printer(Console(), None, json_=False)
    watched.look(0.0)
    for _ in range(3):
        watched.listen()
        show(watched.rows(0.0))
    assert capsys.readouterr().out.splitlines() == ["a  RUNNING  q: writing  10 rows"]


def test_what_a_container_says_is_shown_as_it_is() -> None:
    watched = scene(Queue({"a": row("a", "RUNNING", "one")}), told(one=["[red]not a colour[/]"]))
    watched.look(0.0)
    watched.listen()
    console = Console(width=160, record=True)
    console.print(table(watched.rows(0.0)))
    assert "[red]not a colour[/]" in console.export_text()
