"""``causes`` and ``classify``: texts in by argument, file and pipe; causes out, for people and for programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from executor.cli.errors import CommandError, Exit
from executor.cli.main import app
from executor.core.families import Family

KEYS = ["cause_id", "family", "retry_helps", "certainty", "remedy", "text"]


def said(*words: str, given: str | bytes | None = None) -> str:
    result = CliRunner().invoke(app, [*words], input=given)
    assert result.exit_code == 0, result.output
    return result.stdout


def answers(*words: str, given: str | bytes | None = None) -> list[dict[str, str]]:
    return [json.loads(line) for line in said("classify", *words, "--json", given=given).splitlines()]


def test_a_text_is_told_its_cause() -> None:
    (found,) = answers("exec /usr/local/bin/python: exec format error")
    assert list(found) == KEYS
    assert (found["cause_id"], found["family"]) == ("exec_format_error", "image_architecture")
    assert (found["retry_helps"], found["certainty"]) == ("no", "certain")
    told = said("classify", "exec /usr/local/bin/python: exec format error")
    assert "What to do: Build and push it for the cpuArchitecture" in told
    assert "exec_format_error" in told


def test_lines_of_a_pipe_are_answered_in_their_order_as_text_or_as_json() -> None:
    trace = "Traceback (most recent call last):\n  File \"a.py\", line 1\nModuleNotFoundError: No module named 'polars'"
    lines = [
        "no basic auth credentials",
        "",
        json.dumps({"text": trace, "where": "log"}),
        json.dumps({"text": 137, "where": "exitCode"}),
        json.dumps({"level": "error", "message": "OSError: [Errno 28] No space left on device"}),
        "nobody knows this",
    ]
    found = answers("-", given="\r\n".join(lines))
    families = ["registry_auth", "app_import_error", "signal_killed", "disk_full", "unknown"]
    assert [one["family"] for one in found] == families
    assert found[1]["text"] == trace
    assert found[1]["where"] == "log"
    assert answers(given="\n".join(lines)) == found


def test_a_file_is_read_and_where_holds_for_lines_that_do_not_say(tmp_path: Path) -> None:
    path = tmp_path / "reasons.txt"
    path.write_bytes('403 Forbidden\n{"text": "x", "where": "log"}\n\xff\n'.encode("latin-1"))
    found = answers(str(path), "--where", "stoppedReason")
    assert [(one["cause_id"], one["where"]) for one in found][:2] == [
        ("registry_403", "stoppedReason"),
        ("unknown", "log"),
    ]
    assert len(found) == 3


@pytest.mark.parametrize(
    "text", ["no basic auth credentials", "KeyError: 'DATABASE_URL'\nbye", "nobody knows this", "0"]
)
def test_the_answer_is_one_line_of_json_however_the_text_came(text: str, tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(json.dumps({"text": text, "where": "log"}) + "\n")
    (found,) = answers(text, "--where", "log")
    assert [*found] == [*KEYS, "where"]
    assert found["retry_helps"] in {"yes", "no", "with-change"}
    assert answers(str(path)) == answers("-", given=path.read_text()) == answers(path.read_text().strip()) == [found]


def test_a_json_document_is_read_as_a_whole() -> None:
    task = {"stoppedReason": "Essential container in task exited", "containers": [{"exitCode": 139}]}
    (found,) = answers("-", given=json.dumps(task, indent=2))
    assert found["cause_id"] == "sigsegv"
    texts = [{"text": "no such host", "where": "log"}, "exec /a: exec format error"]
    assert [one["family"] for one in answers("-", given=json.dumps(texts))] == ["unknown", "image_architecture"]
    assert [one["text"] for one in answers("-", given="[1, 2]\n[main] failed")] == ["[1, 2]", "[main] failed"]
    assert [one["text"] for one in answers("-", given="[1, 2]")] == ["[1, 2]"]


def test_a_long_text_is_no_file_name() -> None:
    assert answers("x" * 5_000)[0]["cause_id"] == "unknown"


def test_the_catalogue_is_listed_by_family() -> None:
    rows = json.loads(said("causes", "--json"))
    assert {row["family"] for row in rows} == {str(family) for family in Family}
    assert len({row["cause_id"] for row in rows}) == len(rows) > 190
    assert {"report_error", "query_failed", "deadline"} <= {row["cause_id"] for row in rows}
    some = json.loads(said("causes", "--family", "dns", "--family", "tls", "--json"))
    assert {row["family"] for row in some} == {"dns", "tls"}
    assert all(row["texts"][0]["source"] for row in some)
    assert "name_not_resolved" in said("causes", "--family", "dns")


def test_a_file_of_own_causes_that_cannot_be_used_is_wrong_usage() -> None:
    result = CliRunner().invoke(app, ["classify", "x", "--causes-file", "/nowhere.toml"])
    assert isinstance(result.exception, CommandError)
    assert result.exception.code is Exit.USAGE


@pytest.mark.parametrize("verb", ["causes", "classify"])
def test_neither_needs_settings_or_a_connection(verb: str) -> None:
    assert CliRunner().invoke(app, [verb, *(["x"] if verb == "classify" else [])], env={}).exit_code == 0
