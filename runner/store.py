"""The bucket: the start marker, the files with their checksums, the manifest."""

import base64
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contract.manifest import MANIFEST_NAME, START_MARKER_NAME, Manifest, StartMarker
from contract.outcome import ExitCode
from runner.ecs_metadata import UNKNOWN_TASK
from runner.failures import RunFailedError

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES: Final = 32 * 1024 * 1024
"""Size of one part, and of the largest file sent in one PUT; S3 takes 10,000 parts (S3 user guide, multipart limits),
so a file may have 312 GiB."""

_CONFLICT_TRIES: Final = 5


def s3_client() -> "S3Client":
    """A client with the SDK's own settings from the environment, and bounded waiting."""
    import boto3  # noqa: PLC0415 - imported when needed: half a second of every start
    from botocore.config import Config  # noqa: PLC0415 - as above

    retries: Any = {"mode": "standard", "max_attempts": 4}
    return boto3.client("s3", config=Config(connect_timeout=5, read_timeout=30, retries=retries))


def read_object(client: "S3Client", bucket: str, key: str) -> str:
    """The text of one object.

    Raises:
        RunFailedError: it is not there (11), or S3 cannot be reached (14).
    """
    try:
        return client.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    except Exception as error:
        absent = _code(error) in {"NoSuchKey", "NoSuchBucket"}
        raise RunFailedError(
            ExitCode.BAD_PARAMETERS if absent else ExitCode.S3_UNWRITABLE,
            f"cannot read s3://{bucket}/{key}: {error}",
            kind=_code(error) or type(error).__name__,
        ) from error


class Store:
    """What one attempt may write: the keys under its prefix."""

    def __init__(self, client: "S3Client", bucket: str, prefix: str, *, part_bytes: int = PART_BYTES) -> None:
        """Write under a prefix (with its slash) of a bucket."""
        self._s3 = client
        self._bucket = bucket
        self._prefix = prefix
        self._part_bytes = part_bytes
        self._lock = threading.Lock()
        self._open_uploads: dict[str, str] = {}
        self._aborted = False

    def uri(self, name: str) -> str:
        """The S3 URI of a file of this attempt."""
        return f"s3://{self._bucket}/{self._prefix}{name}"

    def claim(self, marker: StartMarker) -> None:
        """Write the start marker, unless another task did.

        Raises:
            RunFailedError: another task holds this attempt (16), or S3 cannot be written (14).
        """
        key, body = self._prefix + START_MARKER_NAME, marker.model_dump_json().encode()
        for _ in range(_CONFLICT_TRIES):
            try:
                self._s3.put_object(
                    Bucket=self._bucket, Key=key, Body=body, IfNoneMatch="*", ContentType="application/json"
                )
            except Exception as error:
                code = _code(error)
                if code == "PreconditionFailed":
                    break
                # S3 answers so while another conditional write to the key is under way (S3 user guide).
                if code != "ConditionalRequestConflict":
                    raise self._unwritable("the start marker", error) from error
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
            body = self._s3.get_object(Bucket=self._bucket, Key=key)["Body"].read()
            return StartMarker.model_validate_json(body)
        except Exception as error:
            raise self._unwritable("the start marker, which exists and cannot be read", error) from error

    def put_file(self, name: str, path: Path, *, sha256: bytes, content_type: str, shown_as: str) -> None:
        """Upload one file; S3 compares what arrived with the checksum before it accepts.

        Args:
            name: the last part of the key.
            path: the file.
            sha256: its digest.
            content_type: its MIME type.
            shown_as: the name under which a browser saves it.

        Raises:
            RunFailedError: S3 cannot be written (14), or the upload was aborted (143).
        """
        headers: Any = {"ContentType": content_type, "ContentDisposition": f'attachment; filename="{shown_as}"'}
        try:
            if path.stat().st_size <= self._part_bytes:
                self._check_not_aborted()
                with path.open("rb") as body:
                    digest = base64.b64encode(sha256).decode()
                    key = self._prefix + name
                    self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ChecksumSHA256=digest, **headers)
            else:
                self._put_in_parts(self._prefix + name, path, headers)
        except RunFailedError:
            raise
        except Exception as error:
            raise self._unwritable(name, error) from error

    def _put_in_parts(self, key: str, path: Path, headers: dict[str, Any]) -> None:
        started = self._s3.create_multipart_upload(Bucket=self._bucket, Key=key, ChecksumAlgorithm="SHA256", **headers)
        upload_id = started["UploadId"]
        parts: list[CompletedPartTypeDef] = []
        self._open_uploads[upload_id] = key
        whole: Any = {"Bucket": self._bucket, "Key": key, "UploadId": upload_id}
        try:
            with path.open("rb") as body:
                while part := body.read(self._part_bytes):
                    self._check_not_aborted()
                    number = len(parts) + 1
                    # The SDK sends each part's SHA-256 along, and S3 verifies it.
                    done = self._s3.upload_part(**whole, PartNumber=number, Body=part, ChecksumAlgorithm="SHA256")
                    parts.append({"PartNumber": number, "ETag": done["ETag"], "ChecksumSHA256": done["ChecksumSHA256"]})
            self._check_not_aborted()
            self._s3.complete_multipart_upload(**whole, MultipartUpload={"Parts": parts})
        except BaseException:
            self._abort_upload(upload_id)
            raise
        self._open_uploads.pop(upload_id, None)

    def abort_uploads(self) -> None:
        """Start no further upload and give up those under way."""
        self._aborted = True
        for upload_id in list(self._open_uploads):
            self._abort_upload(upload_id)

    def _abort_upload(self, upload_id: str) -> None:
        with self._lock:
            key = self._open_uploads.pop(upload_id, None)
        if key is not None:
            self._s3.abort_multipart_upload(Bucket=self._bucket, Key=key, UploadId=upload_id)

    def _check_not_aborted(self) -> None:
        if self._aborted:
            raise RunFailedError(ExitCode.STOPPED, "the upload was given up because the run ends")

    def put_manifest(self, manifest: Manifest) -> None:
        """Write the manifest, the last thing of an attempt.

        Raises:
            RunFailedError: S3 cannot be written (14).
        """
        try:
            self._s3.put_object(
                Bucket=self._bucket,
                Key=self._prefix + MANIFEST_NAME,
                Body=manifest.model_dump_json(indent=1).encode(),
                ContentType="application/json",
            )
        except Exception as error:
            raise self._unwritable("the manifest", error) from error

    def _unwritable(self, what: str, error: Exception) -> RunFailedError:
        return RunFailedError(
            ExitCode.S3_UNWRITABLE,
            f"cannot write {what} to {self.uri('')}: {error}; "
            "check that the bucket exists and that the task role may put objects there",
            kind=_code(error) or type(error).__name__,
        )


def _code(error: Exception) -> str | None:
    from botocore.exceptions import ClientError  # noqa: PLC0415 - imported when needed, as boto3 is

    return error.response.get("Error", {}).get("Code") if isinstance(error, ClientError) else None
