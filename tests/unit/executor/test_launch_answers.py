"""What RunTask's errors and failures mean, by the codes and texts of the field."""

import pytest

from contract.outcome import Blame, FailureClass
from executor.causes import load
from executor.core.launch_answers import (
    Accepted,
    Errored,
    LaunchAnswer,
    Refused,
    Throttled,
    Unknown,
    refusal_verdict,
    understood,
)
from executor.core.tasks import TaskView

CATALOGUE = load()


def error(code: str, message: str, status: int = 400) -> LaunchAnswer:
    return understood(Errored(code, message, status), CATALOGUE)


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ThrottlingException", "Rate exceeded"),
        ("RequestLimitExceeded", "Request limit exceeded."),
        (
            "InvalidParameterException",
            "Error retrieving subnet information for [subnet-1]: limit exceeded. (ErrorCode: RequestLimitExceeded)",
        ),
        (
            "InvalidParameterException",
            "Error retrieving security group information for [sg-1]: Rate exceeded (ErrorCode: Throttling)",
        ),
        ("ExpiredTokenException", "The security token included in the request is expired"),
    ],
)
def test_p12_a_throttle_whatever_it_looks_like_is_sent_again_with_the_same_bytes(code: str, message: str) -> None:
    assert isinstance(error(code, message), Throttled)


@pytest.mark.parametrize(
    ("code", "message", "cause_id"),
    [
        ("ClientException", "Capacity is unavailable at this time. Please try again later", "fargate_capacity"),
        ("ClientException", "Tasks provisioning capacity limit exceeded.", "provisioning_quota"),
        (
            "ClientException",
            "You\u2019ve reached the limit on the number of vCPUs you can run concurrently",
            "vcpu_quota",
        ),
    ],
)
def test_p8_no_room_and_no_quota_are_nobodys_fault_though_worded_as_the_clients(
    code: str, message: str, cause_id: str
) -> None:
    answer = error(code, message)
    assert isinstance(answer, Refused)
    assert not answer.permanent
    verdict = refusal_verdict(answer, CATALOGUE)
    assert (verdict.cause_id, verdict.failure_class) == (cause_id, FailureClass.CAPACITY)
    assert (verdict.blame, verdict.retry_helps, verdict.start_up) == (Blame.NOBODY, True, False)


@pytest.mark.parametrize(
    ("code", "message", "cause_id"),
    [
        (
            "InvalidParameterException",
            "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
            "subnet_not_found",
        ),
        ("ClientException", "TaskDefinition not found.", "task_definition_missing"),
        ("ClusterNotFoundException", "Cluster not found.", "cluster_not_found"),
        ("AccessDeniedException", "not authorized to perform: iam:PassRole on resource: r", "passrole_denied"),
        ("BlockedException", "Your AWS account was blocked.", "account_blocked"),
        ("FrobnicationException", "Nobody has seen this before.", "launch_refused"),
    ],
)
def test_p9_what_is_wrong_in_itself_is_refused_for_good_and_says_why(code: str, message: str, cause_id: str) -> None:
    answer = error(code, message)
    assert isinstance(answer, Refused)
    assert answer.permanent
    verdict = refusal_verdict(answer, CATALOGUE)
    assert (verdict.cause_id, verdict.retry_helps, verdict.start_up) == (cause_id, False, True)
    assert message in verdict.diagnosis
    assert verdict.remedy


@pytest.mark.parametrize(
    ("code", "status"),
    [("ServerException", 500), ("InternalFailure", 500), ("ServiceUnavailable", 503), ("New", 502), ("New", 0)],
)
def test_p2_whatever_else_happens_a_task_may_exist(code: str, status: int) -> None:
    assert isinstance(error(code, "x", status), Unknown)


@pytest.mark.parametrize(
    ("reason", "cause_id", "blame"),
    [
        ("Capacity is unavailable at this time. Please try again later", "fargate_capacity", Blame.NOBODY),
        ("You\u2019ve reached the limit on the number of vCPUs you can run concurrently", "vcpu_quota", Blame.NOBODY),
        ("RESOURCE:MEMORY", "ec2_no_room", Blame.NOBODY),
        ("The requested MEMORY configuration is above your limit.", "size_above_quota", Blame.REPORT),
        ("FLUX CAPACITOR", "runtask_failure_unknown", Blame.INFRASTRUCTURE),
    ],
)
def test_p8_failures_in_an_answer_of_200_have_their_cause_too(reason: str, cause_id: str, blame: Blame) -> None:
    refused = understood(Refused(reason), CATALOGUE)
    assert isinstance(refused, Refused)
    verdict = refusal_verdict(refused, CATALOGUE)
    assert (verdict.cause_id, verdict.blame) == (cause_id, blame)
    assert reason in verdict.diagnosis


def test_a_reason_of_our_own_is_not_taken_for_one_of_aws() -> None:
    verdict = refusal_verdict(Refused("the row says RESOURCE:CPU", permanent=True, said_as=None), CATALOGUE)
    assert (verdict.failure_class, verdict.start_up) == (FailureClass.LAUNCH_REFUSED, False)


def test_other_answers_are_what_they_are() -> None:
    for answer in (Accepted(TaskView("arn", "PENDING")), Throttled("x"), Unknown("y")):
        assert understood(answer, CATALOGUE) is answer
