"""When a task is due."""

import datetime as dt

import pytest

from local_cloud.snowflake.schedule import next_due, read_cron


def at(text: str) -> dt.datetime:
    moment = dt.datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cron", "after", "due"),
    [
        ("0 6 * * * UTC", "2026-11-22T05:59:59", "2026-11-22T06:00"),
        ("0 6 * * * UTC", "2026-11-22T06:00", "2026-11-23T06:00"),
        ("*/15 * * * * UTC", "2026-11-22T06:01", "2026-11-22T06:15"),
        ("5/20 * * * * UTC", "2026-11-22T06:26", "2026-11-22T06:45"),
        ("0 9-17 * * MON-FRI UTC", "2026-11-20T17:00", "2026-11-23T09:00"),
        ("0 8 * * 1 UTC", "2026-11-22T06:00", "2026-11-23T08:00"),
        ("0 8 * * 7 UTC", "2026-11-22T09:00", "2026-11-29T08:00"),
        ("0 7 1 * * UTC", "2026-11-22T06:00", "2026-12-01T07:00"),
        ("0 0 L * * UTC", "2026-02-01T00:00", "2026-02-28T00:00"),
        ("0 0 * * 5L UTC", "2026-11-01T00:00", "2026-11-27T00:00"),
        ("0 0 13 * FRI UTC", "2026-11-10T00:00", "2026-11-13T00:00"),
        ("0 0 29 FEB * UTC", "2026-11-10T00:00", "2028-02-29T00:00"),
        ("0,30 12 * * * UTC", "2026-11-10T12:00", "2026-11-10T12:30"),
        ("0 9 * * * America/New_York", "2026-07-01T00:00", "2026-07-01T13:00"),
        ("0 9 * * * America/New_York", "2026-12-01T00:00", "2026-12-01T14:00"),
        ("30 2 * * * America/New_York", "2026-03-08T00:00", "2026-03-09T06:30"),  # 02:30 was left out on the 8th
    ],
)
def test_cron_names_the_next_time(cron: str, after: str, due: str) -> None:
    assert next_due(f"USING CRON {cron}", at("2026-01-01"), at(after)) == at(due)


@pytest.mark.parametrize(
    ("schedule", "after_s", "due_s"),
    [
        ("5 MINUTES", 0, 300),
        ("5 minute", 299, 300),
        ("5 M", 300, 600),
        ("10 SECONDS", 25, 30),
        ("1 HOUR", 86_399, 86_400),
    ],
)
def test_an_interval_counts_from_when_the_task_was_resumed(schedule: str, after_s: int, due_s: int) -> None:
    resumed = at("2026-11-22T06:00:07")
    due = next_due(schedule, resumed, resumed + dt.timedelta(seconds=after_s))
    assert due == resumed + dt.timedelta(seconds=due_s)


@pytest.mark.parametrize(
    "schedule",
    [
        "now and then",
        "0 MINUTES",
        "MINUTES",
        "5 WEEKS",
        "USING CRON * * * *",
        "USING CRON 60 * * * * UTC",
        "USING CRON * * * * * Mars/Base",
        "USING CRON a * * * * UTC",
        "USING CRON 0 0 31 2 * UTC",
        "USING CRON 5-1 * * * * UTC",
        "USING CRON */0 * * * * UTC",
    ],
)
def test_what_is_no_schedule_is_refused(schedule: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        next_due(schedule, at("2026-01-01"), at("2026-01-01"))


def test_a_time_that_comes_twice_in_autumn_is_due_once() -> None:
    cron = read_cron(["30", "1", "*", "*", "*", "America/New_York"])
    first = cron.next_after(at("2026-11-01T00:00"))
    assert first is not None
    assert first == at("2026-11-01T05:30")
    assert cron.next_after(first) == at("2026-11-02T06:30")
