"""What errors of AWS and Snowflake mean, by the codes and texts of the field."""

import pytest
from snowflake.connector import errors

from executor.adapters.ecs_errors import answer_of
from executor.adapters.snowflake_errors import connection_is_gone, is_transient, sign_in_trouble
from executor.core.launch_answers import Refused, Throttled, Unknown


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ThrottlingException", "Rate exceeded"),
        ("RequestLimitExceeded", "Request limit exceeded."),
        (
            "InvalidParameterException",
            "Error retrieving subnet information for [subnet-1]: limit exceeded. (ErrorCode: RequestLimitExceeded)",
        ),
        ("ClientException", "Tasks provisioning capacity limit exceeded."),
        ("ClientException", "You've reached the limit on the number of vCPUs you can run concurrently"),
    ],
)
def test_p12_throttles_and_quotas_are_asked_again_with_the_same_bytes(code: str, message: str) -> None:
    assert isinstance(answer_of(code, message), Throttled)


def test_p8_no_room_is_not_the_fault_of_the_request_though_it_is_worded_so() -> None:
    answer = answer_of("ClientException", "Capacity is unavailable at this time. Please try again later")
    assert isinstance(answer, Refused)
    assert not answer.permanent


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidParameterException", "The subnet ID 'subnet-1' does not exist (ErrorCode: InvalidSubnetID.NotFound)"),
        ("ClientException", "TaskDefinition not found."),
        ("ClusterNotFoundException", "Cluster not found."),
        ("AccessDeniedException", "not authorized to perform: iam:PassRole on resource: r"),
        ("BlockedException", "Your AWS account was blocked."),
    ],
)
def test_what_is_wrong_in_itself_is_refused_for_good(code: str, message: str) -> None:
    answer = answer_of(code, message)
    assert isinstance(answer, Refused)
    assert answer.permanent
    assert message in answer.reason


@pytest.mark.parametrize(
    "code", ["ServerException", "InternalFailure", "ServiceUnavailable", "ExpiredTokenException", "New"]
)
def test_p2_whatever_else_happens_a_task_may_exist(code: str) -> None:
    assert isinstance(answer_of(code, "x"), Unknown)


@pytest.mark.parametrize("errno", [604, 625, 630, 390114])
def test_these_errors_of_snowflake_pass(errno: int) -> None:
    assert is_transient(errors.ProgrammingError("x", errno=errno))


@pytest.mark.parametrize("errno", [1003, 2003, 100038, 3001, 606])
def test_these_errors_of_snowflake_do_not_pass_by_waiting(errno: int) -> None:
    assert not is_transient(errors.ProgrammingError("x", errno=errno))


def test_a_lost_connection_is_opened_again() -> None:
    assert connection_is_gone(errors.OperationalError("x", errno=250001))
    assert connection_is_gone(errors.ProgrammingError("session no longer exists", errno=390111))
    login = errors.ProgrammingError("User must login again to access the service.", errno=390104, sqlstate="08001")
    assert connection_is_gone(login)
    assert is_transient(login)
    assert not connection_is_gone(errors.ProgrammingError("x", errno=625))
    assert is_transient(errors.OperationalError("x", errno=250003))


@pytest.mark.parametrize(
    "kind", [errors.ServiceUnavailableError, errors.TooManyRequests, errors.BadGatewayError, errors.GatewayTimeoutError]
)
def test_p14_a_service_in_trouble_is_asked_again(kind: type[errors.Error]) -> None:
    assert is_transient(kind(msg="x", errno=503))


def test_p14_a_refused_sign_in_says_why_and_trouble_on_the_way_is_none() -> None:
    refused = errors.DatabaseError(msg="Incorrect username or password was specified.", errno=250001, sqlstate="08001")
    forbidden = errors.ForbiddenError(msg="Verify the account name is correct", errno=250001)
    assert "Incorrect username" in str(sign_in_trouble(refused))
    assert "account name" in str(sign_in_trouble(forbidden))
    for passing in (
        errors.OperationalError(msg="Could not connect", errno=250001),
        errors.ServiceUnavailableError(msg="HTTP 503"),
        errors.GatewayTimeoutError(msg="HTTP 504"),
    ):
        assert sign_in_trouble(passing) is None
