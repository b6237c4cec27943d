"""The table tells what happened, and a run with anything wrong in it counts as failed."""

import io
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from tests.chaos.counting import Asked, Facts, Kind, Left, Program, Row, Task, Wrong
from tests.chaos.lane import Score
from tests.chaos.plan import Blow, Size
from tests.chaos.table import Run, faults, show

ROW = Row("job", "SUCCEEDED", 1, None, None, None)
AWAY = Task("arn:2", "job", 1, 16, None, None)
FACTS = Facts([Asked("job", Program.OK)], [ROW], [AWAY], [Left("job", 1, ("arn:1",), "succeeded", files_right=True)])
SIZE = Size(lanes=1, jobs=1, real_jobs=0, kills=1, points=2)


def score() -> Score:
    return Score(
        passed=Counter({"here": 1, "there": 2}), blows=Counter({Blow.KILL_LEADER: 3, Blow.CUT: 1}), take_overs_s=[21.5]
    )


def run(one: Score, *wrongs: Wrong) -> Run:
    return Run(seed=7, size=SIZE, points=2, facts=[FACTS], scores=[one], wrongs=wrongs, took_s=60.0)


def test_a_run_in_which_all_was_right_has_no_faults_and_its_table_tells_all() -> None:
    assert faults(run(score())) == []
    told = io.StringIO()
    show(run(score()), Console(file=told, width=100))
    text = " ".join(told.getvalue().split())
    for what in (
        "seed 7",
        "killed there │ 2 of 2",
        "at random │ 3",
        "21.5 / 21.5 s",
        "turned away by a start marker │ 1",
    ):
        assert what in text
    for kind in Kind:
        assert f"jobs {kind} │ 0" in text


def late(one: Score) -> None:
    one.take_overs_s.append(30.5)


def too_few(one: Score) -> None:
    one.passed.clear()


def ended(one: Score) -> None:
    one.own_ends.append("chaos-0-a ended with 1")


def unsettled(one: Score) -> None:
    one.unsettled += 1


@pytest.mark.parametrize("spoil", [late, too_few, ended, unsettled])
def test_whatever_an_executor_did_wrong_makes_a_run_fail(spoil: Callable[[Score], None]) -> None:
    one = score()
    spoil(one)
    assert len(faults(run(one))) == 1


def test_every_broken_promise_makes_a_run_fail_and_is_shown() -> None:
    wrong = Wrong(Kind.DOUBLED, "job", "its code ran twice")
    broken = replace(run(score()), wrongs=[wrong])
    assert faults(broken) == ["1 doubled"]
    told = io.StringIO()
    show(broken, Console(file=told, width=100))
    assert "doubled: job: its code ran twice" in told.getvalue()
