"""The table of transitions."""

import re
from pathlib import Path

import pytest

from contract.states import TERMINAL, JobState
from executor.core.transitions import RANK, TABLE, IllegalStepError, Trigger, after, drawing

ROOT = Path(__file__).parents[3]


def test_every_state_can_be_reached_from_queued() -> None:
    reached, before = {JobState.QUEUED}, set[JobState]()
    while reached != before:
        before = set(reached)
        reached |= {step.target for step in TABLE if step.source in reached}
    assert reached == set(JobState)


def test_terminal_is_for_ever() -> None:
    assert not [step for step in TABLE if step.source in TERMINAL]


def test_from_every_open_state_an_end_can_be_reached() -> None:
    ending = set(TERMINAL)
    for _ in JobState:
        ending |= {step.source for step in TABLE if step.target in ending}
    assert ending >= set(JobState) - TERMINAL


def test_a_trigger_leads_from_a_state_to_one_state_only() -> None:
    assert len({(step.source, step.trigger) for step in TABLE}) == len(TABLE)


def test_ranks_rise_along_every_step_but_the_next_try() -> None:
    falling = [step for step in TABLE if RANK[step.target] <= RANK[step.source]]
    assert [(step.source, step.target) for step in falling] == [(JobState.RETRY_WAIT, JobState.CLAIMED)]


def test_every_trigger_is_used() -> None:
    assert {step.trigger for step in TABLE} == set(Trigger)


def test_an_unknown_step_says_which() -> None:
    with pytest.raises(IllegalStepError, match="SUCCEEDED on 'cancelled'"):
        after(JobState.SUCCEEDED, Trigger.CANCEL)


def test_the_page_shows_the_drawing_of_the_table() -> None:
    page = (ROOT / "docs/explanation/state-machine.md").read_text(encoding="utf-8")
    shown = re.search(r"```mermaid\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    assert shown.group(1) == drawing()
