"""Which operation of which service a request asks for, by the request alone.

AWS's protocols say it in different places: JSON in a header, query in the form, S3 in method, path and
query. Services are known by the name they are signed for.
"""

import re
import urllib.parse
from dataclasses import dataclass
from io import BytesIO
from typing import Any

SIGNED_FOR = re.compile(r"(?:Credential=|X-Amz-Credential=)[^/]+/\d{8}/[^/]+/([a-z0-9-]+)/aws4_request")
MAX_READ_BYTES = 1024 * 1024  # a form or JSON request is smaller; an object's bytes are left where they are

# method, whether there is a key, the query's word that decides, operation; the first that fits counts
S3_OPERATIONS = (
    ("GET", True, "uploadId", "ListParts"),
    ("GET", True, "tagging", "GetObjectTagging"),
    ("GET", True, "", "GetObject"),
    ("HEAD", True, "", "HeadObject"),
    ("PUT", True, "partNumber", "UploadPart"),
    ("PUT", True, "tagging", "PutObjectTagging"),
    ("PUT", True, "", "PutObject"),
    ("POST", True, "uploads", "CreateMultipartUpload"),
    ("POST", True, "uploadId", "CompleteMultipartUpload"),
    ("DELETE", True, "uploadId", "AbortMultipartUpload"),
    ("DELETE", True, "", "DeleteObject"),
    ("GET", False, "list-type", "ListObjectsV2"),
    ("GET", False, "versions", "ListObjectVersions"),
    ("GET", False, "uploads", "ListMultipartUploads"),
    ("GET", False, "location", "GetBucketLocation"),
    ("GET", False, "", "ListObjects"),
    ("HEAD", False, "", "HeadBucket"),
    ("PUT", False, "", "CreateBucket"),
    ("POST", False, "delete", "DeleteObjects"),
    ("DELETE", False, "", "DeleteBucket"),
)
COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}  # when the bytes come from another object
S3_NAMES = frozenset(row[3] for row in S3_OPERATIONS) | frozenset(COPIES.values())


@dataclass(frozen=True, slots=True)
class Operation:
    """What a request asks for.

    Attributes:
        service: the name requests are signed for, such as `ecs`.
        name: the operation, such as `RunTask`.
        protocol: `json`, `query` or `s3`, which decides how an error looks.
        text: the request as text: method, path, query, and the body unless it is an object's.
    """

    service: str
    name: str
    protocol: str
    text: str


def operation_of(environ: dict[str, Any]) -> Operation | None:
    """Work out what a WSGI request asks for, None for what is no AWS request; its body can be read again."""
    query = str(environ.get("QUERY_STRING", ""))
    path = str(environ.get("PATH_INFO", "/"))
    method = str(environ.get("REQUEST_METHOD", "GET"))
    head = f"{method} {path}?{urllib.parse.unquote_plus(query)}"
    signed = SIGNED_FOR.search(f"{environ.get('HTTP_AUTHORIZATION', '')}&{urllib.parse.unquote(query)}")
    service = signed.group(1) if signed else ""
    if target := str(environ.get("HTTP_X_AMZ_TARGET", "")):
        return Operation(service, target.rpartition(".")[2], "json", f"{head}\n{_body(environ)}")
    if service == "s3":
        name = _s3_name(method, path, query, copies="HTTP_X_AMZ_COPY_SOURCE" in environ)
        return Operation(service, name, "s3", head) if name else None
    if method == "POST" and service:
        body = _body(environ)
        action = urllib.parse.parse_qs(body).get("Action")
        return Operation(service, action[0], "query", f"{head}\n{urllib.parse.unquote_plus(body)}") if action else None
    return None


def _s3_name(method: str, path: str, query: str, *, copies: bool) -> str | None:
    has_key = bool(path.lstrip("/").partition("/")[2])
    words = set(urllib.parse.parse_qs(query, keep_blank_values=True))
    for of_method, of_key, word, name in S3_OPERATIONS:
        if (of_method, of_key) == (method, has_key) and (not word or word in words):
            return COPIES.get(name, name) if copies else name
    return None


def _body(environ: dict[str, Any]) -> str:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_READ_BYTES:
        return ""
    data = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = BytesIO(data)
    return str(data.decode("utf-8", "replace"))
