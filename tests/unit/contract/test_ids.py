"""Names that AWS must take, at their extremes."""

import re
from datetime import date

import pytest
from pydantic import TypeAdapter, ValidationError

from contract.ids import (
    INSTALLATION_PATTERN,
    RESULT_PREFIX_PATTERN,
    JobId,
    adhoc_job_id,
    calendar_job_id,
    latest_key,
    launch_token,
    result_prefix,
    started_by,
)

LONGEST_INSTALLATION = "i" * 24
LONGEST_JOB_ID = "J" * 80
LONGEST_TYPE = "T" * 40
DAY = date(2026, 3, 1)


def test_a_launch_token_has_the_64_characters_that_ecs_takes() -> None:
    assert re.fullmatch(r"[0-9a-f]{64}", launch_token(LONGEST_INSTALLATION, LONGEST_JOB_ID, 99, 99))


def test_a_token_is_the_same_for_a_replay_and_another_for_everything_else() -> None:
    tokens = {
        launch_token(installation, job_id, attempt, launch_try)
        for installation in ("a", "b")
        for job_id in ("j", "k")
        for attempt in (1, 2)
        for launch_try in (1, 2)
    }
    assert len(tokens) == 16
    assert launch_token("a", "j", 1, 1) in tokens


def test_parts_of_a_token_cannot_be_confused_with_each_other() -> None:
    assert launch_token("a", "j1", 1, 1) != launch_token("a", "j", 11, 1)


def test_started_by_fits_into_128_characters_even_at_its_longest() -> None:
    tag = started_by(LONGEST_INSTALLATION, LONGEST_JOB_ID, 999_999)
    assert len(tag) <= 128
    assert re.fullmatch(r"[A-Za-z0-9/_-]+", tag)


@pytest.mark.parametrize("job_id", [LONGEST_JOB_ID, "-", "a_b-C", calendar_job_id("a", LONGEST_TYPE, DAY)])
def test_every_prefix_is_known_by_its_pattern(job_id: str) -> None:
    for day in (DAY, date.min, date.max, None):
        for attempt in (1, 999_999_999):
            assert re.fullmatch(RESULT_PREFIX_PATTERN, result_prefix(LONGEST_TYPE, day, job_id, attempt))
    assert not re.fullmatch(RESULT_PREFIX_PATTERN, result_prefix("T", DAY, "j/..", 1))


def test_job_ids_that_we_make_are_job_ids() -> None:
    check = TypeAdapter(JobId).validate_python
    assert check(calendar_job_id(LONGEST_INSTALLATION, LONGEST_TYPE, DAY))
    assert check(adhoc_job_id(LONGEST_TYPE, "0b7c6a1e-7a52-4a9e-9d3c-3f6d9a3c8b11"))


def test_the_calendar_job_of_a_period_is_one_per_installation_type_and_period() -> None:
    assert calendar_job_id("a", "T", DAY) == calendar_job_id("a", "T", DAY)
    others = {
        calendar_job_id("b", "T", DAY),
        calendar_job_id("a", "U", DAY),
        calendar_job_id("a", "T", date(2026, 3, 2)),
    }
    assert len(others | {calendar_job_id("a", "T", DAY)}) == 4


@pytest.mark.parametrize("job_id", ["", "J" * 81, "a/b", "a b", "a.b", "ä", "a\n"])
def test_what_would_break_a_path_or_a_tag_is_no_job_id(job_id: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(JobId).validate_python(job_id)


@pytest.mark.parametrize("name", ["", "A", "1a", "a_b", "a" * 25, "a/b"])
def test_an_installation_is_short_and_lower_case(name: str) -> None:
    assert re.match(INSTALLATION_PATTERN, name) is None


def test_every_attempt_has_a_folder_of_its_own() -> None:
    assert result_prefix("SALES", DAY, "j", 1) == "reports/SALES/2026-03-01/j/1/"
    assert result_prefix("SALES", None, "j", 2) == "reports/SALES/adhoc/j/2/"
    assert latest_key("SALES") == "reports/SALES/latest.json"


def test_the_longest_key_fits_into_s3s_1024_bytes() -> None:
    assert len(result_prefix(LONGEST_TYPE, DAY, LONGEST_JOB_ID, 999_999)) + 200 < 1024
