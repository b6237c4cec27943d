"""A step beside another one says its lines after it, fails where it is waited for, and is always waited for."""

import threading

import pytest

from executor.cli.beside import Beside, Say


def test_lines_wait_for_the_end_of_the_other_step_and_come_at_once_afterwards() -> None:
    said, told, go_on = list[str](), threading.Event(), threading.Event()

    def step(say: Say) -> None:
        say("first")
        told.set()
        go_on.wait(30)
        say("second")

    def hear(line: str) -> None:
        said.append(line)
        if line == "first":
            go_on.set()

    with Beside(step, hear) as beside:
        beside.begin()
        assert told.wait(30)
        said.append("of the other step")
        beside.end()
    assert said == ["of the other step", "first", "second"]


def test_what_was_not_begun_is_done_at_the_end() -> None:
    said: list[str] = []
    with Beside(lambda say: say("done"), said.append) as beside:
        beside.end()
    assert said == ["done"]


def fail(_say: Say) -> None:
    raise ValueError("the step")


def test_its_error_is_raised_where_it_is_waited_for() -> None:
    with Beside(fail, print) as beside:
        beside.begin()
        with pytest.raises(ValueError, match="the step"):
            beside.end()


def test_it_is_waited_for_also_when_the_other_step_failed_whose_error_is_told() -> None:
    other_failed, ended = threading.Event(), threading.Event()

    def step(_say: Say) -> None:
        other_failed.wait(30)
        ended.set()
        raise ValueError("the step")

    def both() -> None:
        with Beside(step, print) as beside:
            beside.begin()
            try:
                raise KeyError("the other")
            finally:
                other_failed.set()

    with pytest.raises(KeyError, match="the other"):
        both()
    assert ended.is_set()
