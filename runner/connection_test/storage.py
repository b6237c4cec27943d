"""S3: the files of the test itself are written and read back."""

from email.utils import parsedate_to_datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from contract.connection_test import TEXT_NAME
from contract.outcome import ExitCode
from runner.connection_test.asking import outside_s
from runner.connection_test.step import BrokenError, Step, Trip

S3: Final = "S3"
PROBE: Final = b"The test of the connections is under way.\n"
_REMEDIES: Final = {
    "AccessDenied": "the task role needs s3:PutObject and s3:GetObject on the bucket's reports/*, the bucket policy "
    "and the S3 endpoint's policy must allow it, and with a KMS key also kms:GenerateDataKey and kms:Decrypt",
    "NoSuchBucket": "REPORTING_BUCKET of the executor names a bucket that is not there; correct it or create it",
    "PermanentRedirect": "the bucket is in another region: set AWS_DEFAULT_REGION of the task to the bucket's",
    "InvalidAccessKeyId": "the task's credentials are none of this account: take a task role instead of keys",
    "RequestTimeTooSkewed": "the container's clock is wrong by more than 15 minutes: see the step clock",
}


class Write(Step):
    """A file can be put below the job's prefix."""

    name = "s3_write"
    title = "write to S3"
    limit_s = 30.0
    exit_code = ExitCode.S3_UNWRITABLE
    remedy = (
        "S3 must be reachable from the subnet (a gateway endpoint, or a way out on 443), AWS_DEFAULT_REGION must be "
        "the bucket's region, and the task needs a task role"
    )

    def take(self, trip: Trip) -> str:
        """Put a few bytes, and note S3's time."""
        before = trip.now()
        answer = asked(lambda: trip.s3.put_object(Bucket=trip.spec.bucket, Key=key(trip), Body=PROBE))
        after = trip.now()
        if date := answer["ResponseMetadata"]["HTTPHeaders"].get("date"):
            # The header has whole seconds.
            at_s = parsedate_to_datetime(date).timestamp()
            trip.clock_offsets_s[S3] = outside_s(before.timestamp() - 1, at_s, after.timestamp())
        return f"s3://{trip.spec.bucket}/{key(trip)}"


class Read(Step):
    """What was put can be read back."""

    name = "s3_read"
    title = "read back from S3"
    needs = ("s3_write",)
    limit_s = 30.0
    exit_code = ExitCode.S3_UNWRITABLE
    remedy = Write.remedy

    def take(self, trip: Trip) -> str:
        """Get the bytes and compare."""
        body = asked(lambda: trip.s3.get_object(Bucket=trip.spec.bucket, Key=key(trip)))["Body"].read()
        if body != PROBE:
            raise BrokenError(f"{len(body)} bytes came back that are not the {len(PROBE)} that were written")
        return f"the same {len(body)} bytes"


def key(trip: Trip) -> str:
    """Where the text of the test lies; until it is done, the probe."""
    return f"{trip.spec.prefix}{TEXT_NAME}"


def asked(question: Any) -> Any:
    """What S3 answers.

    Raises:
        BrokenError: it refuses, or cannot be reached; with what to do where its answer tells.
    """
    try:
        return question()
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code"))
        raise BrokenError(str(error), _REMEDIES.get(code)) from error
    except NoCredentialsError as error:
        raise BrokenError(str(error), "the task definition needs a task role (taskRoleArn)") from error
    except BotoCoreError as error:
        raise BrokenError(str(error)) from error
