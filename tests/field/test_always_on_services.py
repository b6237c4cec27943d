"""Always-on services that never get healthy: five theories, one cause, told from what somebody saved."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from executor.cli.explain import app
from tests.field import always_on

REFUTED = {"start", "memory", "command", "crash", "slow_start", "network", "ended_from_outside"}


def explained(folder: Path, *arguments: str) -> dict[str, dict[str, Any]]:
    done = CliRunner().invoke(app, ["bundle", str(folder), "--json", *arguments])
    assert done.exit_code == 0, done.output
    return {report["subject"]: report for report in json.loads(done.stdout)}


def theory(report: dict[str, Any], name: str) -> dict[str, Any]:
    (found,) = [one for one in report["theories"] if one["id"] == name]
    return dict(found)


def test_with_the_dockerfiles_both_faults_of_each_check_are_the_cause_and_the_others_are_refuted(
    tmp_path: Path,
) -> None:
    reports = explained(always_on.save(tmp_path, dockerfiles=True))
    assert list(reports) == list(always_on.NAMES)
    for name, report in reports.items():
        assert (report["settled"], report["certainty"], report["theory"]) == (True, "certain", "health_check")
        assert report["cause_id"] == "container_health_failed"
        said = " ".join(theory(report, "health_check")["evidence"])
        assert "`ps` is not in `python:3.11-slim`" in said
        assert f"pattern `{name}.py` cannot match the command that the container runs, `python -m src.{name}`" in said
        assert set(report["ruled_out"]) == REFUTED
        assert all(theory(report, one)["evidence"] for one in report["ruled_out"])
        assert report["changes"][0]["diff"][0].startswith('- "command": ["CMD-SHELL", "ps aux')


def test_the_cycle_is_told_with_its_numbers(tmp_path: Path) -> None:
    report = explained(always_on.save(tmp_path), "--service", "mailer")["mailer"]
    (said,) = [line for line in report["seen"] if "→" in line]
    assert "goes 2 → 4 → 2 → 4" in said
    assert "with 2 wanted: 10 tasks were ended for failed health checks" in said
    assert "each 185 to 186 s old" in said


def test_from_the_evidence_alone_it_is_not_settled_and_one_command_would_settle_it(tmp_path: Path) -> None:
    for name, report in explained(always_on.save(tmp_path)).items():
        assert report["settled"] is False
        assert report["says"].startswith("Not settled. First suspect: The health check's command")
        assert "same images worked in the old account" in theory(report, "health_check")["against"][0]
        assert report["settles"].startswith("docker run --rm --entrypoint sh ")
        assert f"/{name}:41 -c 'command -v ps" in report["settles"]
        assert "\n" not in report["settles"]
        assert "ECS Exec" in report["instead"][0]
        assert any("Dockerfile" in line for line in report["missing"])


def test_from_the_task_definitions_and_a_note_alone_the_check_is_still_the_first_suspect(tmp_path: Path) -> None:
    folder = always_on.save(tmp_path)
    for path in [folder / "services.json", *folder.glob("tasks-*.json")]:
        path.unlink()
    report = explained(folder)["consumer"]
    assert (report["settled"], report["theory"], report["certainty"]) == (False, "health_check", "possible")
    assert "same images worked" in report["says"]
    assert report["settles"].startswith("docker run")
    assert report["ruled_out"] == []


def test_an_endpoint_that_no_network_can_make_work_goes_before_a_check_that_may_pass(tmp_path: Path) -> None:
    faulty = {"KAFKA_BOOTSTRAP_SERVERS": "", "LOG_LEVEL": "INFO"}
    report = explained(always_on.save(tmp_path, environment=faulty))["consumer"]
    assert (report["theory"], report["cause_id"], report["certainty"]) == ("endpoints", "endpoint_empty", "likely")
    assert "KAFKA_BOOTSTRAP_SERVERS is empty" in report["says"]
    assert theory(report, "health_check")["verdict"] == "supported"


def test_a_check_that_can_never_pass_stays_the_cause_beside_a_faulty_endpoint(tmp_path: Path) -> None:
    folder = always_on.save(tmp_path, dockerfiles=True, environment={"REDIS_URL": "redis://cache:6379"})
    report = explained(folder)["consumer"]
    assert report["theory"] == "health_check"
    assert "`cache` without a domain" in " ".join(theory(report, "endpoints")["evidence"])
    assert len([change for change in report["changes"] if "REDIS_URL" in change["diff"][0]]) == 1


def test_a_check_that_tells_the_truth_is_refuted_as_the_cause(tmp_path: Path) -> None:
    check = "python -c \"import os; os.stat('/tmp/heartbeat')\""
    folder = always_on.save(
        tmp_path, dockerfiles=True, check=check, environment={"BROKER_URL": "amqp://u:p@mq.invalid:5671"}
    )
    report = explained(folder)["consumer"]
    assert (report["theory"], report["cause_id"]) == ("endpoints", "endpoint_unresolvable")
    assert theory(report, "health_check")["verdict"] == "refuted"
    assert "u:p@" not in json.dumps(report)


def test_when_ecs_has_forgotten_the_tasks_its_events_tell_the_same_cycle(tmp_path: Path) -> None:
    report = explained(always_on.save(tmp_path, dockerfiles=True, forgotten=True))["consumer"]
    assert (report["settled"], report["theory"]) == (True, "health_check")
    assert any("goes 2 → 4 → 2" in line and "each 180 s old" in line for line in report["seen"])
    assert any("ECS forgets them after an hour" in line for line in report["missing"])


def test_without_a_circuit_breaker_the_change_that_ends_a_rollout_in_minutes_is_among_the_changes(
    tmp_path: Path,
) -> None:
    report = explained(always_on.save(tmp_path))["consumer"]
    assert report["changes"][-1]["diff"][1] == '+ "deploymentCircuitBreaker": {"enable": true, "rollback": true}'


@pytest.mark.parametrize("arguments", [["--service", "consumer"], []])
def test_people_read_it_as_markdown(tmp_path: Path, arguments: list[str]) -> None:
    folder = always_on.save(tmp_path, dockerfiles=True)
    text = CliRunner().invoke(app, ["bundle", str(folder), *arguments]).stdout
    assert text.startswith("# consumer\n" if arguments else "# 5 services: 5 settled, 0 not\n")
    for title in ("## What was seen", "## Theories, the first suspect first", "## What to change", "```diff"):
        assert title in text
