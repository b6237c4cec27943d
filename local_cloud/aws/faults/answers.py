"""What a request is answered with that goes wrong: AWS's codes and texts in each protocol's form.

Sources: the pages on common errors of the ECS and S3 API references; texts of refusals as public bug reports
quote them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from xml.sax.saxutils import escape

from local_cloud.aws.faults.operations import Operation

REQUEST_ID = "00000000-0000-0000-0000-000000000000"
CALLER = "arn:aws:sts::123456789012:assumed-role/local/local"


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """An error in AWS's words, with its HTTP status."""

    status: int
    code: str
    message: str


def throttled(operation: Operation) -> ErrorAnswer:
    """Too many requests."""
    if operation.protocol == "s3":
        return ErrorAnswer(503, "SlowDown", "Please reduce your request rate.")
    if operation.protocol == "query":
        code = "RequestLimitExceeded" if operation.service == "ec2" else "Throttling"
        return ErrorAnswer(503 if operation.service == "ec2" else 400, code, "Rate exceeded")
    return ErrorAnswer(400, "ThrottlingException", "Rate exceeded")


def server_error(operation: Operation) -> ErrorAnswer:
    """A mistake on AWS's side; whether anything was done is not said."""
    if operation.protocol == "s3":
        return ErrorAnswer(500, "InternalError", "We encountered an internal error. Please try again.")
    if operation.service == "ecs":
        return ErrorAnswer(500, "ServerException", "Internal Error")
    return ErrorAnswer(500, "InternalFailure", "The request processing has failed because of an unknown error.")


def denied(operation: Operation) -> ErrorAnswer:
    """The caller may not do this."""
    if operation.protocol == "s3":
        return ErrorAnswer(403, "AccessDenied", "Access Denied")
    message = (
        f"User: {CALLER} is not authorized to perform: {operation.service}:{operation.name} on resource: * "
        f"because no identity-based policy allows the {operation.service}:{operation.name} action"
    )
    if operation.protocol == "query":
        code = "UnauthorizedOperation" if operation.service == "ec2" else "AccessDenied"
        return ErrorAnswer(403, code, message)
    return ErrorAnswer(400, "AccessDeniedException", message)


ANSWERS: dict[str, Callable[[Operation], ErrorAnswer]] = {
    "throttle": throttled,
    "error_500": server_error,
    "denied": denied,
}


def render(error: ErrorAnswer, operation: Operation) -> tuple[list[tuple[str, str]], bytes]:
    """Write an error as the operation's protocol has it; answers with headers and body."""
    code, message = escape(error.code), escape(error.message)
    headers = [("Content-Type", "text/xml"), ("x-amzn-RequestId", REQUEST_ID)]
    if operation.protocol == "json":
        headers[0] = ("Content-Type", "application/x-amz-json-1.1")
        text = json.dumps({"__type": error.code, "message": error.message})
    elif operation.protocol == "s3":
        text = f"<Error><Code>{code}</Code><Message>{message}</Message><RequestId>{REQUEST_ID}</RequestId></Error>"
    elif operation.service == "ec2":
        text = (
            f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
            f"<RequestID>{REQUEST_ID}</RequestID></Response>"
        )
    else:
        text = (
            f"<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
            f"<RequestId>{REQUEST_ID}</RequestId></ErrorResponse>"
        )
    body = text.encode()
    return [*headers, ("Content-Length", str(len(body)))], body
