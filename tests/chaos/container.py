"""The small container of the chaos suite: it follows the contract of any image, and takes some 20 ms of CPU.

Started as ``python -I -S -E container.py``, without site packages, so that a thousand of them fit into minutes. It asks
the ECS metadata endpoint who it is, writes the start marker only if nobody did, one file, and the manifest last, over
plain HTTP to the local S3. What the job's parameter ``program`` says decides how it ends; an order for any other report
type it hands over to the real runner, by ``exec``, in this very process.
"""

import _socket  # the module behind socket, which would take as long to import as all the rest
import hashlib
import json
import os
import sys
import time
from typing import Any, NoReturn

TINY = "CHAOS"
DONE, REPORT_ERROR, S3_UNWRITABLE, ALREADY_WORKED_ON, CRASHED = 0, 10, 14, 16, 1
BODY = b'[{"answer": 42}]\n'
TRIES = 5
# Nobody checks the signature here; that there is one says which service is asked.
SIGNED = "AWS4-HMAC-SHA256 Credential=AKIALOCALCLOUDCHAOS0/20260101/us-east-1/s3/aws4_request, SignedHeaders=host"


def ask(method: str, url: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
    """Status and body of one answer over HTTP/1.0; 0 where there was none."""
    host, _, path = url.removeprefix("http://").partition("/")
    name, _, port = host.partition(":")
    line = _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
    line.settimeout(20)
    head = f"{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    try:
        line.connect((name, int(port)))
        line.sendall(head.encode() + body)
        answer = b""
        while piece := line.recv(1 << 16):
            answer += piece
    except OSError:
        return 0, b""
    finally:
        line.close()
    first, _, rest = answer.partition(b"\r\n")
    return (int(first.split()[1]) if first else 0), rest.partition(b"\r\n\r\n")[2]


def put(key: str, body: bytes, headers: str = "") -> int:
    """Put one object; asked again where S3 gave no answer, or none that counts."""
    status = 0
    for _ in range(TRIES):
        status = s3("PUT", key, body, headers)[0]
        if status and status < 500 and status != 409:
            break
        time.sleep(0.2)
    return status


def get(key: str) -> bytes:
    """One object; asked again like :func:`put`."""
    for _ in range(TRIES):
        status, body = s3("GET", key)
        if status == 200:
            return body
        time.sleep(0.2)
    return end(S3_UNWRITABLE, f"S3 does not give {key}")


def s3(method: str, key: str, body: bytes = b"", headers: str = "") -> tuple[int, bytes]:
    """One request for an object, by bucket and key."""
    return ask(method, f"{os.environ['AWS_ENDPOINT_URL']}/{key}", body, f"Authorization: {SIGNED}\r\n{headers}")


def now() -> str:
    """The present, UTC, as the contract writes it."""
    seconds = time.time()  # noqa: TID251 - a container reads its own clock
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{int(seconds % 1 * 1e6):06d}Z"


def order() -> dict[str, Any]:
    """The task spec."""
    text: str | bytes | None = os.environ.get("REPORTING_TASK_SPEC")
    if text is None:
        text = get(os.environ["REPORTING_TASK_SPEC_URI"].removeprefix("s3://"))
    spec: dict[str, Any] = json.loads(text)
    return spec


def who_am_i() -> str:
    """This task's ARN."""
    for _ in range(TRIES):
        status, body = ask("GET", os.environ["ECS_CONTAINER_METADATA_URI_V4"] + "/task")
        if status == 200:
            return str(json.loads(body)["TaskARN"])
    return "unknown"


def claim(folder: str, arn: str, started_at: str) -> None:
    """Write the start marker, or leave the attempt to whoever holds it."""
    marker = json.dumps({"schema_version": 1, "task_arn": arn, "started_at": started_at}).encode()
    status = put(folder + "started.json", marker, "If-None-Match: *\r\n")
    if status == 412:
        # A write whose answer was lost, sent again, meets its own marker.
        if json.loads(get(folder + "started.json")).get("task_arn") == arn:
            return
        end(ALREADY_WORKED_ON, f"another task holds {folder}")
    if status != 200:
        end(S3_UNWRITABLE, f"S3 answers {status} to the start marker in {folder}")


def report(spec: dict[str, Any], folder: str, arn: str, started_at: str) -> None:
    """Do as ``program`` says, and leave the manifest."""
    program, attempt = spec["params"].get("program", "ok"), spec["attempt"]
    time.sleep(float(spec["params"].get("seconds") or 0))
    if program == "crash" and attempt == 1:
        end(CRASHED, "the first attempt crashes")
    failed = program == "fail"
    name, files, failure = "answer.json", [], None
    if failed:
        failure = {"kind": "Asked", "message": "this report was asked to fail", "query": None, "query_id": None}
    else:
        if put(folder + name, BODY) != 200:
            end(S3_UNWRITABLE, "S3 does not take the file")
        files.append(
            {
                "name": name, "uri": f"s3://{folder}{name}", "format": "json", "query": "answer", "bytes": len(BODY),
                "rows": 1, "sha256": hashlib.sha256(BODY).hexdigest(), "content_type": "application/json",
            }
        )  # fmt: skip
    code = REPORT_ERROR if failed else DONE
    used = os.times()
    manifest = {
        "schema_version": 1, "status": "failed" if failed else "succeeded", "exit_code": code, "files": files,
        "failure": failure, "job_id": spec["job_id"], "attempt": attempt, "report_type": spec["report_type"],
        "report_version": spec["report_version"], "trace_id": spec["trace_id"], "task_arn": arn,
        "started_at": started_at, "finished_at": now(), "queries": [], "seconds": used.user + used.system,
        "cpu_seconds": used.user + used.system, "peak_memory_mb": 10.0, "versions": {},
    }  # fmt: skip
    if put(folder + ("failure.json" if failed else "manifest.json"), json.dumps(manifest).encode()) != 200:
        end(S3_UNWRITABLE, "S3 does not take the manifest")
    end(code, manifest["status"])


def end(code: int, says: object) -> NoReturn:
    """Leave with this exit code and a last line for the log."""
    sys.stdout.write(f"{says}\n")
    sys.stdout.flush()
    os._exit(code)


def main() -> None:
    """Work on one attempt."""
    spec = order()
    if spec["report_type"] != TINY:
        os.execv(sys.executable, [sys.executable, "-m", "runner"])
    started_at, arn, folder = now(), who_am_i(), f"{spec['bucket']}/{spec['prefix']}"
    claim(folder, arn, started_at)
    report(spec, folder, arn, started_at)


if __name__ == "__main__":
    main()
