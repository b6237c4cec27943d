"""One file on its way into the bucket: counted, hashed, and sent in parts while it is being written."""

import base64
import hashlib
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from contract.manifest import ReportFile
from contract.outcome import ExitCode
from contract.report import ReportFormat
from runner.failures import RunFailedError
from runner.senders import Senders
from runner.store import Store, error_code

if TYPE_CHECKING:
    from types_boto3_s3.type_defs import CompletedPartTypeDef

PART_BYTES: Final = 8 * 1024 * 1024
"""Size of a file's first parts, and of the largest file sent in one PUT."""

_PARTS_OF_ONE_SIZE: Final = 500
_ABSENT: Final = {"NoSuchKey", "404", "403"}
"""S3's words for what is not there; the last to a role that may not list the bucket, as the runner's."""
_LOOKS: Final = 30
_LOOK_EVERY_S: Final = 1.0


def part_bytes(number: int, first: int = PART_BYTES) -> int:
    """The size in bytes of a file's part, counted from 1.

    S3 takes 10,000 parts of at least 5 MiB (S3 user guide, multipart limits): those of 8 to 160 MiB make 820 GiB, while
    files below 4 GiB never have more than 8 MiB per part in memory.
    """
    return first * (1 + (number - 1) // _PARTS_OF_ONE_SIZE)


@dataclass(frozen=True, slots=True)
class Label:
    """What a file is: its name, format and MIME type, the query whose rows it holds, the name people save it as."""

    name: str
    format: ReportFormat
    content_type: str
    query: str | None
    shown_as: str


class Upload:
    """A file that goes to S3 part by part; it is an object there only when it is published."""

    def __init__(
        self, store: Store, senders: Senders, label: Label, *, may_hold: Callable[[int], bool], first_part: int
    ) -> None:
        """Begin an empty file.

        Args:
            store: where it goes.
            senders: who carries its parts.
            label: what it is.
            may_hold: whether this many bytes more may stay in memory until they are published.
            first_part: bytes of its first parts.
        """
        self.label = label
        self.size_bytes = 0
        self._store = store
        self._senders = senders
        self._may_hold = may_hold
        self._first_part = first_part
        self._sha256 = hashlib.sha256()
        self._buffer = bytearray()
        self._part_limit = first_part
        self._parts: list[Future[CompletedPartTypeDef]] = []
        self._under_way: deque[Future[CompletedPartTypeDef]] = deque()
        self._upload_id: str | None = None
        self._gone = threading.Event()
        self._rows = 0

    def write(self, data: bytes | memoryview, /) -> int:
        """Take all of the bytes.

        Raises:
            RunFailedError: S3 cannot be written (14), or the run ends (143).
        """
        left = memoryview(data).cast("B")
        self.size_bytes += len(left)
        while len(left) > 0:
            room = self._part_limit - len(self._buffer)
            self._buffer += left[:room]
            left = left[room:]
            if len(self._buffer) == self._part_limit:
                self._send_part()
        return memoryview(data).nbytes

    def close(self, rows: int) -> None:
        """End the file, which holds this many rows."""
        self._rows = rows
        is_small = not self._parts
        if is_small and self._may_hold(len(self._buffer)):
            self._sha256.update(self._buffer)
        elif self._buffer:
            self._send_part()

    def publish(self) -> ReportFile:
        """Make the file an object, all of it at once.

        Raises:
            RunFailedError: S3 cannot be written (14), or the run ends (143).
        """
        with_parts = [part.result() for part in self._parts]
        self.check_not_given_up()
        digest = self._sha256.digest()
        try:
            if self._upload_id is None:
                self._store.client.put_object(
                    **self._object,
                    Body=bytes(self._buffer),
                    ChecksumSHA256=base64.b64encode(digest).decode(),
                    **self._headers,
                )
            else:
                self._complete(self._upload_id, with_parts)
        except Exception as error:
            raise self._store.unwritable(self.label.name, error) from error
        self._upload_id = None
        return ReportFile(
            name=self.label.name,
            uri=self._store.uri(self.label.name),
            format=self.label.format,
            query=self.label.query,
            bytes=self.size_bytes,
            rows=self._rows,
            sha256=digest.hex(),
            content_type=self.label.content_type,
        )

    def _complete(self, upload_id: str, parts: "list[CompletedPartTypeDef]") -> None:
        try:
            self._store.client.complete_multipart_upload(
                **self._object, UploadId=upload_id, MultipartUpload={"Parts": parts}
            )
        except Exception as error:
            # When the answer is lost the SDK asks again, and is told that the upload is no more: it is an object.
            if error_code(error) != "NoSuchUpload" or not self._is_there():
                raise

    def _is_there(self) -> bool:
        for _ in range(_LOOKS):
            self.check_not_given_up()
            try:
                head = self._store.client.head_object(**self._object)
            except Exception as error:
                if error_code(error) not in _ABSENT:
                    raise
            else:
                return head["ContentLength"] == self.size_bytes
            self._gone.wait(_LOOK_EVERY_S)
        return False

    def give_up(self) -> None:
        """Take no further byte, and forget at S3 what was sent."""
        self._gone.set()
        self._abort()

    def check_not_given_up(self) -> None:
        """Stop whoever goes on with a file that was given up.

        Raises:
            RunFailedError: the run ends (143).
        """
        if self._gone.is_set():
            raise RunFailedError(ExitCode.STOPPED, "the upload was given up because the run ends")

    @property
    def _object(self) -> dict[str, Any]:
        return {"Bucket": self._store.bucket, "Key": self._store.key(self.label.name)}

    @property
    def _headers(self) -> dict[str, Any]:
        shown_as = f'attachment; filename="{self.label.shown_as}"'
        return {"ContentType": self.label.content_type, "ContentDisposition": shown_as}

    def _send_part(self) -> None:
        self.check_not_given_up()
        while self._under_way and self._under_way[0].done():
            self._under_way.popleft().result()
        if self._upload_id is None:
            self._begin_parts()
        part, number = self._buffer, len(self._parts) + 1
        self._buffer = bytearray()
        self._part_limit = part_bytes(number + 1, self._first_part)
        digested = self._senders.digest(self._sha256, part)

        def send() -> "CompletedPartTypeDef":
            try:
                sent = self._sent(number, part)
            finally:
                # Its room is given to another part when nobody reads this one any more.
                digested.result()
            return sent

        self._parts.append(self._senders.send(send))
        self._under_way.append(self._parts[-1])

    def _begin_parts(self) -> None:
        try:
            # The SDK sends each part's CRC-32 along, and S3 compares before it accepts.
            begun = self._store.client.create_multipart_upload(
                **self._object, ChecksumAlgorithm="CRC32", **self._headers
            )
        except Exception as error:
            raise self._store.unwritable(self.label.name, error) from error
        self._upload_id = begun["UploadId"]
        if self._gone.is_set():
            self._abort()
            self.check_not_given_up()

    def _sent(self, number: int, part: bytearray, *, again: bool = True) -> "CompletedPartTypeDef":
        self.check_not_given_up()
        body: Any = part  # the SDK takes bytearrays, which its types do not say
        try:
            done = self._store.client.upload_part(
                **self._object, UploadId=str(self._upload_id), PartNumber=number, Body=body, ChecksumAlgorithm="CRC32"
            )
        except Exception as error:
            self.check_not_given_up()
            # An answer of S3 is final, the SDK has retried what could help. A line that broke may be back.
            if again and error_code(error) is None:
                return self._sent(number, part, again=False)
            raise self._store.unwritable(f"part {number} of {self.label.name}", error) from error
        finally:
            if self._gone.is_set():
                # A part that was under way when the upload was aborted may have arrived after it.
                self._abort()
        return {"PartNumber": number, "ETag": done["ETag"], "ChecksumCRC32": done["ChecksumCRC32"]}

    def _abort(self) -> None:
        if self._upload_id is None:
            return
        try:
            self._store.client.abort_multipart_upload(**self._object, UploadId=self._upload_id)
        except Exception as error:
            if error_code(error) != "NoSuchUpload":
                raise
