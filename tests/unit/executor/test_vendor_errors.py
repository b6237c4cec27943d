"""What errors of Snowflake and of AWS mean, by the codes of the field."""

from unittest.mock import MagicMock

import pytest
from botocore.exceptions import ClientError
from snowflake.connector import errors

from executor.adapters.aws_outages import outages
from executor.adapters.snowflake_errors import connection_is_gone, is_transient, nothing_was_done, sign_in_trouble
from executor.adapters.snowflake_session import SnowflakeSession
from executor.port_errors import CloudUnavailableError, NothingDoneError, StoreUnavailableError


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


def test_only_snowflakes_own_word_says_that_nothing_was_done() -> None:
    assert nothing_was_done(errors.ProgrammingError("number of waiters for this lock exceeds 20", errno=625))
    assert nothing_was_done(errors.ProgrammingError("reached its statement or warehouse timeout", errno=630))
    for unknown in (
        errors.ProgrammingError("SQL execution canceled", errno=604),
        errors.OperationalError("request failed", errno=250003),
        errors.ServiceUnavailableError(msg="HTTP 503", errno=625),
    ):
        assert not nothing_was_done(unknown)


@pytest.mark.parametrize(("errno", "nothing"), [(625, True), (630, True), (604, False), (390114, False)])
async def test_p1_a_session_tells_a_refusal_from_a_lost_answer(
    monkeypatch: pytest.MonkeyPatch, errno: int, nothing: bool
) -> None:
    connection = MagicMock()
    connection.is_closed.return_value = False
    connection.cursor.return_value.__enter__.return_value.execute.side_effect = errors.ProgrammingError(
        "x", errno=errno
    )
    monkeypatch.setattr(SnowflakeSession, "_connect", lambda _self: connection)
    session = SnowflakeSession({}, "test")
    with pytest.raises(StoreUnavailableError) as raised:
        await session.run("now")
    assert isinstance(raised.value, NothingDoneError) is nothing
    assert await session.quiet() is nothing
    await session.close()


def refused_by_aws(code: str, *, for_all: bool) -> type[Exception]:
    answer = {"Error": {"Code": code, "Message": "x"}, "ResponseMetadata": {"HTTPStatusCode": 403}}
    with pytest.raises(Exception, match=code) as raised, outages("a call", for_all=for_all):
        raise ClientError(answer, "Call")  # type: ignore[arg-type]  # what is read of an answer
    return raised.type


@pytest.mark.parametrize(
    "code", ["UnrecognizedClientException", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken"]
)
def test_p14_aws_refusing_the_sign_in_is_waited_out(code: str) -> None:
    assert refused_by_aws(code, for_all=False) is CloudUnavailableError


@pytest.mark.parametrize("code", ["NoSuchBucket", "ClusterNotFoundException"])
def test_p14_a_missing_bucket_or_cluster_is_waited_for(code: str) -> None:
    assert refused_by_aws(code, for_all=False) is CloudUnavailableError


def test_p14_a_missing_right_is_waited_for_where_all_jobs_need_it_and_else_is_one_jobs_trouble() -> None:
    for code in ("AccessDenied", "AccessDeniedException"):
        assert refused_by_aws(code, for_all=True) is CloudUnavailableError
        assert refused_by_aws(code, for_all=False) is ClientError
