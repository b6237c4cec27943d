"""What a deployment stands on: a key of the customer's that cannot be used is said before anything is made."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from executor.deploy import ground
from executor.deploy.environment import Environment

HERE = "arn:aws:kms:eu-central-1:111122223333:key/01234567-89ab-cdef-0123-456789abcdef"
GOOD = {"KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT", "KeySpec": "SYMMETRIC_DEFAULT"}


def environment(**stack: str) -> Environment:
    return Environment.model_validate({
        "name": "prod", "region": "eu-central-1", "vpc": "vpc-0", "subnets": ["subnet-0"], "stack": stack,
        "snowflake": {"account": "organisation-account"},
    })  # fmt: skip


class Kms:
    """A client of KMS that knows one key, or answers with an error."""

    def __init__(self, found: dict[str, str] | str) -> None:
        self.found = found

    def describe_key(self, **_: Any) -> Any:
        if isinstance(self.found, str):
            said: Any = {"Error": {"Code": self.found, "Message": "Key 'arn' does not exist"}}
            raise ClientError(said, "DescribeKey")
        return {"KeyMetadata": self.found}


@pytest.mark.parametrize(
    ("arn", "found", "says"),
    [
        ("", {}, None),
        (HERE, GOOD, None),
        (HERE, {"KeyState": "Enabled", "KeyUsage": "ENCRYPT_DECRYPT"}, None),
        (HERE, "AccessDeniedException", None),
        (HERE, "NotFoundException", "does not exist; set KeyArn"),
        (HERE, {**GOOD, "KeyState": "PendingDeletion"}, "is PendingDeletion"),
        (HERE, {**GOOD, "KeyState": "Disabled"}, "is Disabled"),
        (HERE, {**GOOD, "KeyUsage": "SIGN_VERIFY", "KeySpec": "RSA_2048"}, "is Enabled, SIGN_VERIFY, RSA_2048"),
        (HERE.replace("eu-central-1", "us-east-1"), GOOD, "is in region us-east-1, the bucket is in eu-central-1"),
        ("alias/mine", GOOD, "is in region none"),
    ],
)
def test_a_key_that_s3_could_not_use_is_a_problem_by_name(arn: str, found: Any, says: str | None) -> None:
    problems = list(ground._key(environment(KeyArn=arn), lambda _name: Kms(found)))
    assert [says in line for line in problems if says] == [True] * bool(says), problems
    assert bool(problems) is bool(says)
