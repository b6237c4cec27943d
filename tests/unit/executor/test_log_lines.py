"""The end of a log, for people."""

import json

import pytest

from executor.core.log_lines import readable

TOLD = {
    "ts": "2026-01-02T03:04:05.6+00:00",
    "level": "info",
    "action": "signed_in",
    "message": "signed in",
    "job_id": "j",
}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (json.dumps(TOLD), "03:04:05 signed in"),
        (json.dumps(TOLD | {"level": "error", "message": "no"}), "03:04:05 error no"),
        (json.dumps(TOLD | {"traceback": "Traceback:\n  KeyError\n"}), "03:04:05 signed in\nTraceback:\n  KeyError"),
        ("Traceback (most recent call last):", "Traceback (most recent call last):"),
        ('{"message": "cut in the mid', '{"message": "cut in the mid'),
        ('{"level": "info", "msg": "of another program"}', '{"level": "info", "msg": "of another program"}'),
        ('{"message": "short", "action": "a", "ts": 7, "level": null}', "short"),
        ('{"message": "failed", "stack": "KeyError: x"}', '{"message": "failed", "stack": "KeyError: x"}'),
        ("[1, 2]", "[1, 2]"),
        ('{"a":' * 100_000, '{"a":' * 100_000),
        ("", ""),
    ],
)
def test_lines_of_ours_become_sentences_and_all_others_stay_as_they_are(line: str, says: str) -> None:
    assert readable(line) == says
    assert readable(f"{line}\nlast") == f"{says}\nlast"
