"""The circuit breaker of launches, by itself."""

from datetime import timedelta

import pytest

from contract.outcome import Blame, FailureClass, Verdict
from executor.core.breaker import (
    FINAL_AFTER,
    FIRST_PAUSE_S,
    MAX_PAUSE_S,
    PASSING_AFTER,
    Breaker,
    Phase,
    failed,
    forgiven,
    pause_s,
    probing,
    ran,
    taken_over,
    wait_s,
)
from tests.jobs import NOW

CLOSED = Breaker(task_definition="reporting-job:3")


def verdict(cause_id: str = "image_not_found", *, retry_helps: bool = False, start_up: bool = True) -> Verdict:
    return Verdict(
        failure_class=FailureClass.START_FAILED,
        cause_id=cause_id,
        blame=Blame.INFRASTRUCTURE,
        retry_helps=retry_helps,
        diagnosis="The image does not exist.",
        remedy="Push it.",
        start_up=start_up,
    )


def after(times: int, what: Verdict, breaker: Breaker = CLOSED) -> Breaker:
    for _ in range(times):
        breaker = failed(breaker, what, NOW)
    return breaker


@pytest.mark.parametrize(("retry_helps", "limit"), [(False, FINAL_AFTER), (True, PASSING_AFTER)])
def test_p8_it_opens_after_so_many_failures_of_one_cause_and_says_why(retry_helps: bool, limit: int) -> None:
    what = verdict(retry_helps=retry_helps)
    assert after(limit - 1, what).phase is Phase.CLOSED
    opened = after(limit, what)
    assert (opened.phase, opened.cause_id, opened.opened_at) == (Phase.OPEN, "image_not_found", NOW)
    assert opened.diagnosis
    assert opened.remedy


def test_each_cause_is_counted_by_itself_and_other_failures_are_not_counted() -> None:
    mixed = CLOSED
    for cause_id in ("image_not_found", "secret_not_found", "image_not_found", "secret_not_found"):
        mixed = failed(mixed, verdict(cause_id), NOW)
    assert mixed.phase is Phase.CLOSED
    assert after(99, verdict(start_up=False)) == CLOSED


def test_a_container_that_ran_closes_it_and_forgets_the_counts() -> None:
    assert ran(after(2, verdict())) == CLOSED
    assert ran(probing(after(FINAL_AFTER, verdict()))) == CLOSED
    assert ran(CLOSED) is CLOSED


def test_a_probe_that_fails_opens_it_for_longer_and_what_was_under_way_does_not() -> None:
    opened = after(FINAL_AFTER, verdict())
    late = failed(opened, verdict(), NOW)
    assert (late.phase, late.pauses) == (Phase.OPEN, 1)
    again = failed(probing(opened), verdict("secret_not_found"), NOW + timedelta(minutes=1))
    assert (again.phase, again.pauses, again.cause_id, again.opened_at) == (Phase.OPEN, 2, "secret_not_found", NOW)


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    found = [pause_s(CLOSED.model_copy(update={"pauses": pauses}), 0.999999) for pauses in (1, 2, 3, 99)]
    assert found == pytest.approx([FIRST_PAUSE_S, 2 * FIRST_PAUSE_S, 4 * FIRST_PAUSE_S, MAX_PAUSE_S], rel=1e-3)
    assert pause_s(CLOSED, 0.0) == FIRST_PAUSE_S / 2


@pytest.mark.parametrize("dice", [0.0, 0.5, 0.999])
def test_p10_a_job_that_was_the_probe_waits_longer_than_the_next_probe(dice: float) -> None:
    opened = after(FINAL_AFTER, verdict())
    assert wait_s(opened, dice) > pause_s(opened, 0.999)


def test_p8_while_it_is_open_a_start_up_failure_is_charged_to_nobody() -> None:
    opened = after(FINAL_AFTER, verdict())
    charged = forgiven(opened, verdict())
    assert (charged.blame, charged.retry_helps, charged.cause_id) == (Blame.NOBODY, True, "image_not_found")
    assert forgiven(CLOSED, verdict()) == verdict()
    own = verdict(start_up=False)
    assert forgiven(opened, own) == own


def test_another_task_definition_begins_anew_and_the_same_one_with_a_probe() -> None:
    opened = probing(after(FINAL_AFTER, verdict()))
    assert taken_over(opened, "reporting-job:3").phase is Phase.OPEN
    assert taken_over(opened, "reporting-job:4") == Breaker(task_definition="reporting-job:4")
    assert taken_over(None, "reporting-job:3") == CLOSED
    assert taken_over(after(1, verdict()), "reporting-job:3") == CLOSED


def test_it_survives_its_way_through_the_store() -> None:
    opened = after(FINAL_AFTER, verdict())
    assert Breaker.model_validate_json(opened.model_dump_json()) == opened
