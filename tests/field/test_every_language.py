"""One error means the same in the words of every SDK of AWS, and a broken connection in those of every client."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

import pytest

from executor.causes import load
from executor.core.causes import Certainty
from executor.core.classify import classify
from executor.core.families import Family

F = Family
CATALOGUE: Final = load()
SURE: Final = {Certainty.CERTAIN, Certainty.LIKELY}


@dataclass(frozen=True, slots=True)
class Call:
    """An operation of AWS, and what its service is called by the SDKs."""

    op: str
    iam: str
    name: str
    java1: str
    java2: str
    net: str
    short: str
    package: str
    denied: F


CALLS: Final = (
    Call("RunTask", "ecs", "ECS", "AmazonECS", "Ecs", "ECS.AmazonECS", "ECS", "ecs", F.RUNTASK_DENIED),
    Call("GetSecretValue", "secretsmanager", "Secrets Manager", "AWSSecretsManager", "SecretsManager",
         "SecretsManager.AmazonSecretsManager", "SecretsManager", "secrets-manager", F.SECRET_DENIED),
    Call("GetParameter", "ssm", "SSM", "AWSSimpleSystemsManagement", "Ssm",
         "SimpleSystemsManagement.AmazonSimpleSystemsManagement", "SSM", "ssm", F.SECRET_DENIED),
    Call("PutObject", "s3", "S3", "Amazon S3", "S3", "S3.AmazonS3", "S3", "s3", F.S3_DENIED),
    Call("PutLogEvents", "logs", "CloudWatch Logs", "AWSLogs", "CloudWatchLogs",
         "CloudWatchLogs.AmazonCloudWatchLogs", "CloudWatchLogs", "cloudwatch-logs", F.LOGS_GROUP_MISSING),
    Call("GetAuthorizationToken", "ecr", "ECR", "AmazonECR", "Ecr", "ECR.AmazonECR", "ECR", "ecr", F.REGISTRY_AUTH),
    Call("AssumeRole", "sts", "STS", "AWSSecurityTokenService", "Sts",
         "SecurityToken.AmazonSecurityTokenService", "STS", "sts", F.ROLE_ASSUME),
    Call("PutItem", "dynamodb", "DynamoDB", "AmazonDynamoDBv2", "DynamoDb",
         "DynamoDBv2.AmazonDynamoDB", "DynamoDB", "dynamodb", F.UNKNOWN),
    Call("SendMessage", "sqs", "SQS", "AmazonSQS", "Sqs", "SQS.AmazonSQS", "SQS", "sqs", F.UNKNOWN),
    Call("StartQueryExecution", "athena", "Athena", "AmazonAthena", "Athena",
         "Athena.AmazonAthena", "Athena", "athena", F.UNKNOWN),
)  # fmt: skip
MISSING: Final = {
    "secretsmanager": (
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret.",
        F.SECRET_MISSING,
    ),
    "ssm": ("ParameterNotFound", "Parameter /app/db not found.", F.SECRET_MISSING),
    "ecr": ("RepositoryNotFoundException", "The repository with name 'app' does not exist", F.IMAGE_NOT_FOUND),
    "logs": ("ResourceNotFoundException", "The specified log group does not exist.", F.LOGS_GROUP_MISSING),
    "s3": ("NoSuchBucket", "The specified bucket does not exist", F.S3_MISSING_BUCKET),
    "ecs": ("ClusterNotFoundException", "Cluster not found.", F.CLUSTER_MISSING),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One error: its code, its message, its HTTP status and the family that it belongs to."""

    code: str
    message: str
    status: int
    means: F


def errors(call: Call) -> Iterator[Said]:
    """What can go wrong with a call."""
    denied = "AccessDenied" if call.iam in {"s3", "sts", "sqs"} else "AccessDeniedException"
    user = "User: arn:aws:sts::123456789012:assumed-role/reports/1"
    allowed = f"{user} is not authorized to perform: {call.iam}:{call.op} on resource: *"
    yield Said(denied, allowed, 403, call.denied)
    yield Said("ThrottlingException", "Rate exceeded", 400, F.THROTTLED)
    expired = "The security token included in the request is expired"
    yield Said("ExpiredTokenException", expired, 403, F.ROLE_ASSUME)
    yield Said("InternalFailure", "An internal error occurred", 500, F.UNKNOWN)
    yield Said("ValidationException", "1 validation error detected", 400, F.UNKNOWN)
    absent = ("ResourceNotFoundException", "Requested resource not found", F.UNKNOWN)
    code, message, means = MISSING.get(call.iam, absent)
    yield Said(code, message, 404, means)


Wording = Callable[[Call, Said], str]
WORDINGS: Final[dict[str, Wording]] = {
    "botocore": lambda call, said: (
        f"An error occurred ({said.code}) when calling the {call.op} operation: {said.message}"
    ),
    "go v1": lambda _, said: f"{said.code}: {said.message}\n\tstatus code: {said.status}, request id: 8b1c",
    "go v2": lambda call, said: (
        f"operation error {call.name}: {call.op}, https response error StatusCode: {said.status}, RequestID: 8b1c, "
        f"api error {said.code}: {said.message}"
    ),
    "java v1": lambda call, said: (
        f"com.amazonaws.AmazonServiceException: {said.message} (Service: {call.java1}; Status Code: {said.status}; "
        f"Error Code: {said.code}; Request ID: 8b1c; Proxy: null)"
    ),
    "java v2": lambda call, said: (
        f"software.amazon.awssdk.services.{call.java2.lower()}.model.{call.java2}Exception: {said.message} "
        f"(Service: {call.java2}, Status Code: {said.status}, Request ID: 8b1c)"
    ),
    "javascript": lambda call, said: (
        f"{said.code}: {said.message}\n    at de_{call.op}CommandError "
        f"(/app/node_modules/@aws-sdk/client-{call.package}/dist-cjs/index.js:1:1) {{\n  '$fault': 'client',\n"
        f"  '$metadata': {{ httpStatusCode: {said.status} }}\n}}"
    ),
    ".net": lambda call, said: f"Amazon.{call.net}Exception: {said.message}\n   at Amazon.Runtime.Internal.Pipeline()",
    "ruby": lambda call, said: f"Aws::{call.short}::Errors::{said.code}: {said.message}",
    "rust": lambda _, said: f'service error: unhandled error ({said.code}): Error {{ message: "{said.message}" }}',
}


@pytest.mark.parametrize("language", WORDINGS)
def test_an_error_of_aws_means_the_same_in_the_words_of_every_sdk(language: str) -> None:
    for call in CALLS:
        for said in errors(call):
            text = WORDINGS[language](call, said)
            found = classify(CATALOGUE, text)
            expected = {said.means, F.APP_EXIT} if said.means is F.UNKNOWN else {said.means}
            assert found.family in expected, text


HOSTS: Final = {
    "acme-prod.snowflakecomputing.com": F.SNOWFLAKE_UNREACHABLE,
    "secretsmanager.eu-west-1.amazonaws.com": F.SECRET_NETWORK,
    "logs.eu-west-1.amazonaws.com": F.LOGS_NETWORK,
    "api.example.com": F.UNKNOWN,
    "db.internal": F.UNKNOWN,
}
UNREACHED: Final = {
    "urllib3": "HTTPSConnectionPool(host='{}', port=443): Max retries exceeded with url: / (Caused by "
    "NewConnectionError('<urllib3.connection.HTTPSConnection object at 0x7f>: Failed to establish a new connection: "
    "[Errno 111] Connection refused'))",
    "aiohttp": "Cannot connect to host {}:443 ssl:default [Connect call failed ('10.0.0.1', 443)]",
    "go": 'Post "https://{}/": dial tcp 10.0.0.1:443: i/o timeout',
    "jvm": "org.apache.http.conn.ConnectTimeoutException: Connect to {}:443 failed: connect timed out",
    "node": "FetchError: request to https://{}/ failed, reason: connect ETIMEDOUT 10.0.0.1:443",
    ".net": "System.Net.Http.HttpRequestException: Connection refused ({}:443)",
    "ruby": "Net::OpenTimeout: Failed to open TCP connection to {}:443 (execution expired)",
    "rust": "error sending request for url (https://{}/): operation timed out",
    "curl": "curl: (28) Failed to connect to {} port 443 after 130000 ms: Connection timed out",
}


@pytest.mark.parametrize("client", UNREACHED)
@pytest.mark.parametrize("host", HOSTS)
def test_who_was_not_reached_decides_whoever_says_it(client: str, host: str) -> None:
    assert classify(CATALOGUE, UNREACHED[client].format(host)).family is HOSTS[host]


@pytest.mark.parametrize("language", WORDINGS)
def test_what_the_catalogue_does_not_know_of_a_service_is_never_answered_with_confidence(language: str) -> None:
    others = [call for call in CALLS if call.denied is F.UNKNOWN]
    texts = [(WORDINGS[language](call, said), said.means) for call in others for said in errors(call)]
    found = {text: classify(CATALOGUE, text) for text, means in texts if means is F.UNKNOWN}
    assert [text for text, one in found.items() if one.certainty in SURE and one.family is not F.UNKNOWN] == []
