"""S3 over moto: one request at a time but for parts; changes are kept, bad checksums and expired links refused."""

from typing import Any, ClassVar

from moto.s3.exceptions import NoSuchUpload, S3ClientError
from moto.s3.responses import S3Response

from local_cloud.aws.clock import Clock
from local_cloud.aws.s3.checksums import PREFIX, agrees, sent_checksum
from local_cloud.aws.s3.keeper import S3Keeper
from local_cloud.aws.s3.old_versions import OldVersions
from local_cloud.aws.s3.preconditions import check_copy, check_upload
from local_cloud.aws.s3.presigned import has_expired

READS = frozenset({"GET", "HEAD", "OPTIONS"})


class KeptS3Response(S3Response):
    """S3's endpoint whose writes are atomic, checked against their checksum, and kept.

    The body of a request has been read before the lock is taken, so a slow client holds up nobody.
    """

    keeper: ClassVar[S3Keeper]
    clock: ClassVar[Clock]
    old_versions: ClassVar[OldVersions]

    def _key_response(self, request: Any, full_url: str) -> Any:
        if has_expired(request.args, type(self).clock()):
            raise S3ClientError("AccessDenied", "Request has expired")
        check_copy(request.headers)
        if _is_part(request):
            return self._part_response(request, full_url)
        with self.keeper.lock:
            self._check_upload(request)
            response = super()._key_response(request, full_url)
            if request.method not in READS:
                self.keeper.keep_object(self.backend, self.bucket_name, self.parse_key_name())
                self.old_versions.look(list(self.backend.buckets.values()))
            return response

    def _part_response(self, request: Any, full_url: str) -> Any:
        # A part is no object yet, so there is nothing to keep: parts are taken side by side, as S3 takes them.
        try:
            return super()._key_response(request, full_url)
        except KeyError as error:  # moto's way to say that the upload never was, or ended meanwhile
            raise NoSuchUpload(request.args["uploadId"]) from error

    def _check_upload(self, request: Any) -> None:
        bucket = self.backend.buckets.get(self.bucket_name)
        if bucket is not None:
            check_upload(request.method, request.args.get("uploadId"), bucket.multiparts, self.body or b"")

    def _get_checksum(self, response_headers: dict[str, Any]) -> tuple[str, str | None]:
        algorithm, value = super()._get_checksum(response_headers)
        if not algorithm and (sent := sent_checksum(self.headers)):  # moto looks for a named algorithm only
            algorithm, value = sent
            response_headers[f"{PREFIX}{algorithm.lower()}"] = value
        if value and not agrees(algorithm.upper(), value, self.body or b""):
            raise S3ClientError("BadDigest", f"The {algorithm} you specified did not match the calculated checksum.")
        return algorithm, value

    def _bucket_response(self, request: Any, full_url: str) -> Any:
        with self.keeper.lock:
            response = super()._bucket_response(request, full_url)
            if request.method not in READS:
                self.keeper.keep_bucket(self.backend, self.bucket_name)
            return response


def _is_part(request: Any) -> bool:
    is_copy = "x-amz-copy-source" in request.headers
    return request.method == "PUT" and "uploadId" in request.args and "partNumber" in request.args and not is_copy


def keeping_response(keeper: S3Keeper, clock: Clock) -> type[KeptS3Response]:
    """Make the response class that is bound to one keeper."""
    members: dict[str, Any] = {
        "keeper": keeper,
        "clock": staticmethod(clock),
        "old_versions": OldVersions(clock),
        "__doc__": KeptS3Response.__doc__,
    }
    return type("BoundS3Response", (KeptS3Response,), members)
