"""The bucket: the start marker first, the manifest last; what lies between is uploaded by ``uploads``."""

from typing import TYPE_CHECKING, Any, Final, cast

from contract.manifest import FAILURE_NAME, MANIFEST_NAME, PROGRESS_NAME, START_MARKER_NAME, Manifest, StartMarker
from contract.outcome import ExitCode
from runner.ecs_metadata import UNKNOWN_TASK
from runner.failures import RunFailedError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

_CONFLICT_TRIES: Final = 5


def s3_client() -> "S3Client":
    """A client with the SDK's own settings from the environment, and bounded waiting."""
    # Without boto3 around it, whose transfers and resources nobody here uses: they would cost time at every start.
    from botocore.config import Config  # noqa: PLC0415 - imported when needed: a tenth of a second of every start
    from botocore.session import get_session  # noqa: PLC0415 - as above

    retries: Any = {"mode": "standard", "max_attempts": 4}
    config = Config(connect_timeout=5, read_timeout=30, retries=retries)
    return cast("S3Client", get_session().create_client("s3", config=config))


def read_object(client: "S3Client", bucket: str, key: str) -> str:
    """The text of one object.

    Raises:
        RunFailedError: it is not there (11), or S3 cannot be reached (14).
    """
    try:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except Exception as error:
        absent = error_code(error) in {"NoSuchKey", "NoSuchBucket"}
        raise RunFailedError(
            ExitCode.BAD_PARAMETERS if absent else ExitCode.S3_UNWRITABLE,
            f"cannot read s3://{bucket}/{key}: {error}",
            kind=error_code(error) or type(error).__name__,
        ) from error


class Store:
    """What one attempt may write: the keys under its prefix."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str) -> None:
        """Write under a prefix (with its slash) of a bucket."""
        self.client = client
        self.bucket = bucket
        self._prefix = prefix

    def key(self, name: str) -> str:
        """The key of a file of this attempt."""
        return self._prefix + name

    def uri(self, name: str) -> str:
        """The S3 URI of a file of this attempt."""
        return f"s3://{self.bucket}/{self._prefix}{name}"

    def claim(self, marker: StartMarker) -> None:
        """Write the start marker, unless another task did.

        Raises:
            RunFailedError: another task holds this attempt (16), or S3 cannot be written (14).
        """
        key, body = self.key(START_MARKER_NAME), marker.model_dump_json().encode()
        for _ in range(_CONFLICT_TRIES):
            try:
                self.client.put_object(
                    Bucket=self.bucket, Key=key, Body=body, IfNoneMatch="*", ContentType="application/json"
                )
            except Exception as error:
                code = error_code(error)
                if code == "PreconditionFailed":
                    break
                # S3 answers so while another conditional write to the key is under way (S3 user guide).
                if code != "ConditionalRequestConflict":
                    raise self.unwritable("the start marker", error) from error
            else:
                return
        holder = self._holder(key)
        # A PUT whose answer was lost is sent again by the SDK and then meets its own marker.
        same_task = holder.task_arn == marker.task_arn != UNKNOWN_TASK
        if not (same_task or holder == marker):
            raise RunFailedError(
                ExitCode.ALREADY_WORKED_ON,
                f"task {holder.task_arn} works on this attempt since {holder.started_at.isoformat()}; "
                f"this one leaves without writing anything ({self.uri(START_MARKER_NAME)})",
            )

    def _holder(self, key: str) -> StartMarker:
        try:
            body = self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()
            return StartMarker.model_validate_json(body)
        except Exception as error:
            raise self.unwritable("the start marker, which exists and cannot be read", error) from error

    def put_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, the last thing of an attempt; one of a failure goes under a name of its own.

        Raises:
            RunFailedError: S3 cannot be written (14).
        """
        name = MANIFEST_NAME if manifest.status == "succeeded" else FAILURE_NAME
        try:
            self.client.put_object(
                Bucket=self.bucket,
                Key=self.key(name),
                Body=manifest.model_dump_json(indent=1).encode(),
                ContentType="application/json",
            )
        except Exception as error:
            raise self.unwritable(f"the {name.removesuffix('.json')}", error) from error

    def put_progress(self, stage: str, rows: int) -> None:
        """Say in one line how far the attempt is; whatever S3 answers is raised as it is."""
        key, body = self.key(PROGRESS_NAME), f"{stage},{rows}\n".encode()
        self.client.put_object(Bucket=self.bucket, Key=key, Body=body, ContentType="text/plain")

    def unwritable(self, what: str, error: Exception) -> RunFailedError:
        """The end of a run whose ``what`` S3 does not take."""
        return RunFailedError(
            ExitCode.S3_UNWRITABLE,
            f"cannot write {what} to {self.uri('')}: {error}; "
            "check that the bucket exists and that the task role may put objects there",
            kind=error_code(error) or type(error).__name__,
        )


def error_code(error: Exception) -> str | None:
    """S3's word for an error, for example ``NoSuchKey``; None when the error is not an answer of S3."""
    from botocore.exceptions import ClientError  # noqa: PLC0415 - imported when needed, as its session is

    return error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
