"""A captured text is told its cause, whoever said it and however it was wrapped; what is not known stays unknown."""

import json

import pytest

from executor.causes import load
from executor.core.causes import Certainty, Retry, Scope, Text
from executor.core.classify import NOT_KNOWN, Answer, cause_told, classify
from executor.core.families import MEANING, Family

CATALOGUE = load()
SAID_BY_NOBODY = {"success_exit", "steady", "runtask_failure_unknown", "see_stopped_rows"}
TOLD = [text for text in CATALOGUE.texts if text.cause.cause_id not in SAID_BY_NOBODY]
BARE = {"AGENT", "ATTRIBUTE", "LOCATION", "INACTIVE", "MISSING"}
PULL = "CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref r:1: not found"
WRONG_REGION = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve secret from asm: Post https://secretsmanager.eu-central-1.amazonaws.com/: ResourceNotFoundException: "
    "Secrets Manager can't find the specified secret arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"
)


def answer(text: str, where: str | None = None) -> Answer:
    return classify(CATALOGUE, text, where)


@pytest.mark.parametrize("text", TOLD, ids=lambda text: f"{text.scope}-{text.cause.cause_id}")
def test_each_text_of_the_catalogue_is_told_its_family_by_where_it_was_said(text: Text) -> None:
    assert answer(text.example, text.scope).family is text.cause.family


@pytest.mark.parametrize(
    "text",
    [text for text in TOLD if text.example not in BARE and text.certainty is not Certainty.POSSIBLE],
    ids=lambda text: f"{text.scope}-{text.cause.cause_id}",
)
def test_each_text_that_says_enough_is_told_its_family_when_nobody_knows_who_said_it(text: Text) -> None:
    assert answer(text.example).family is text.cause.family


def test_every_family_has_a_meaning_and_nearly_every_one_a_cause() -> None:
    assert set(MEANING) == set(Family)
    assert set(Family) - {cause.family for cause in CATALOGUE.causes} == set()
    assert all(text.source and text.certainty is not Certainty.UNKNOWN for text in CATALOGUE.texts)


def test_the_answer_to_an_unknown_text_promises_nothing() -> None:
    found = answer("widget 7 failed its frobnication")
    assert (found.cause_id, found.family, found.certainty) == (NOT_KNOWN, Family.UNKNOWN, Certainty.UNKNOWN)
    assert found.retry_helps is Retry.NO
    assert found.remedy


@pytest.mark.parametrize(
    "where", ["stoppedReason", "stopped_reason", "STOPPED", "containers[].reason", "container reason"]
)
def test_a_place_may_be_spelled_as_aws_or_people_do(where: str) -> None:
    assert answer("403 Forbidden", where).cause_id == "registry_403"
    assert answer("403 Forbidden").cause_id == NOT_KNOWN


def test_a_place_that_nobody_knows_counts_as_none() -> None:
    assert answer(PULL, "in the kitchen").cause_id == "image_not_found"


@pytest.mark.parametrize(
    ("text", "where", "cause_id"),
    [
        ("137", "exitCode", "sigkill"),
        ("exit code 127", "exit", "not_found_127"),
        ("-1", "exit", "exit_255"),
        ("Container exited with exit code 139", None, "sigsegv"),
        ("Stopped reason\tEssential container in task exited\nExit code\t139", None, "sigsegv"),
        ("| Exit code | 137 |", None, "sigkill"),
        ("0", "exit", NOT_KNOWN),
        ("137", None, NOT_KNOWN),
    ],
)
def test_an_exit_code_is_a_cause_where_it_is_told_as_one(text: str, where: str | None, cause_id: str) -> None:
    assert answer(text, where).cause_id == cause_id


@pytest.mark.parametrize(
    ("document", "cause_id"),
    [
        ({"detail": {"stoppedReason": "Essential container in task exited", "containers": [{"exitCode": 137}]}},
         "sigkill"),
        ({"stoppedReason": "Essential container in task exited", "stopCode": "EssentialContainerExited"}, None),
        ({"tasks": [{"stoppedReason": "Task failed to start", "containers": [{"reason": PULL}]}]}, "image_not_found"),
        ({"stopCode": "SpotInterruption", "containers": []}, "spot_interruption"),
        ({"stoppedReason": "Essential container in task exited", "stopCode": "EssentialContainerExited",
          "containers": [{"name": "a", "exitCode": 0}]}, None),
        ({"level": "error", "message": "sign-in", "exc_info": "ModuleNotFoundError: No module named 'x'"},
         "python_import_error"),
        ({"level": "info", "message": "the module x is not needed"}, NOT_KNOWN),
        ({"code": "ThrottlingException", "message": "Rate exceeded"}, "api_throttled"),
    ],
)  # fmt: skip
def test_a_document_says_what_stands_in_it(document: dict[str, object], cause_id: str | None) -> None:
    assert answer(json.dumps(document)).cause_id == (cause_id or "essential_container_exited")


def test_a_warning_is_less_sure_than_an_error() -> None:
    said = "dial tcp: lookup db.internal on 10.0.0.2:53: no such host"
    assert answer(f"ERROR {said}").certainty is Certainty.CERTAIN
    assert answer(f"WARNING {said}").certainty is Certainty.POSSIBLE
    assert answer(f"WARNING something\nERROR {said}").certainty is Certainty.LIKELY
    assert answer(f"ERROR {said}, retrying in 2 s").certainty is Certainty.LIKELY
    assert answer(f"ERROR {said}, skipping the check").certainty is Certainty.POSSIBLE


@pytest.mark.parametrize(
    ("said", "where_else"),
    [
        ("404 The specified bucket does not exist", "google.api_core.exceptions.NotFound"),
        ("deadlock detected while snowflake_copy ran", "psycopg2.errors.DeadlockDetected"),
    ],
)
def test_what_other_vendors_say_in_the_words_of_aws_and_snowflake_is_not_theirs(said: str, where_else: str) -> None:
    assert answer(said).cause is not None
    assert answer(f"{where_else}: {said}").cause_id == NOT_KNOWN


def test_what_is_said_before_a_program_starts_is_not_taken_for_its_log() -> None:
    said = "unable to pull secrets or registry auth: pull command failed: : signal: killed"
    assert answer(f"ResourceInitializationError: {said}").family is not Family.SIGNAL_KILLED


@pytest.mark.parametrize(
    "quiet",
    [
        "2026-11-22 10:00:00 INFO watcher: (service reports) (task 0a1b) failed container health checks.",
        '{"level": "info", "message": "(service reports) (task 0a1b) failed container health checks."}',
    ],
)
def test_what_a_script_prints_as_news_is_a_first_suspicion_where_it_sounds_like_a_failure(quiet: str) -> None:
    found = answer(quiet)
    assert (found.family, found.certainty) == (Family.HEALTH_CHECK_FAILED, Certainty.POSSIBLE)
    assert answer("2026-11-22 10:00:00 INFO watcher: looked at the health checks of 3 tasks").cause_id == NOT_KNOWN


def test_colours_and_curly_marks_change_nothing() -> None:
    assert answer("\x1b[31mexec /usr/bin/python: exec format error\x1b[0m").cause_id == "exec_format_error"
    assert answer("Secrets Manager can\u2019t find the specified secret.").family is Family.SECRET_MISSING


def test_a_secret_that_was_asked_for_in_another_region_is_told_from_one_that_is_missing() -> None:
    assert answer(WRONG_REGION).family is Family.SECRET_REGION
    assert answer(WRONG_REGION.replace("us-east-1", "eu-central-1")).family is Family.SECRET_MISSING


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_arns_of_all_partitions_are_read(partition: str) -> None:
    denied = f"AccessDeniedException: User: arn:{partition}:sts::1:assumed-role/x/y is not authorized to perform: "
    assert answer(f"{denied}iam:PassRole on resource: arn:{partition}:iam::1:role/r").family is Family.PASSROLE_DENIED
    assert answer(f"{denied}ecr:BatchGetImage on resource: *").family is Family.REGISTRY_AUTH


def test_what_runtask_means_by_a_general_error_says_nothing_of_another_call() -> None:
    said = "An error occurred (AccessDeniedException) when calling the Query operation: no"
    assert answer(said).family is Family.UNKNOWN
    assert answer("AccessDeniedException: no", "runtask").family is Family.RUNTASK_DENIED


def test_the_error_in_a_log_is_found_among_lines_that_are_none() -> None:
    none = "INFO started\n# no such host\nDEBUG ThrottlingException: Rate exceeded\n"
    log = f"{none}OSError: [Errno 28] No space left on device"
    found = cause_told(CATALOGUE, log, "log")
    assert found is not None
    assert found.cause_id == "disk_full"
    assert cause_told(CATALOGUE, "step 3 exited with code 1", "log") is None


def test_a_scope_has_a_spelling() -> None:
    assert all(answer("x", scope).cause_id in {NOT_KNOWN, "app_error"} for scope in Scope)
