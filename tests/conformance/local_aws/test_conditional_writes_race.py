"""Conditional writes when all writers come between one writer's look and its write.

The checksum is worked out in between, outside the interpreter's lock, and a large body makes it take long.
"""

import subprocess
import sys
from pathlib import Path

RACE = """
import sys, threading
from pathlib import Path
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client
from local_cloud.aws import moto_hooks
from local_cloud.aws.clock import utc_now
from local_cloud.aws.s3.folder import ObjectFolder
from local_cloud.aws.s3.keeper import S3Keeper

WRITERS, ROUNDS, BODY = 8, 5, bytes(2_000_000)
moto_hooks.hook_s3(S3Keeper(ObjectFolder(Path(sys.argv[1]))), utc_now)
moto_hooks.hook_module_list()
app = DomainDispatcherApplication(create_backend_app)
scope = "AWS4-HMAC-SHA256 Credential=AKIALOCALCLOUDTESTS0/20260101/us-east-1/s3/aws4_request, Signature=x"
signed = {"Authorization": scope}
assert Client(app).put("/race-bucket", headers=signed).status_code == 200
conditional = {**signed, "If-None-Match": "*", "x-amz-sdk-checksum-algorithm": "SHA256"}
for key in range(ROUNDS):
    start, statuses = threading.Barrier(WRITERS), []
    def write():
        client = Client(app)
        start.wait()
        answer = client.put(f"/race-bucket/{key}", data=BODY, headers=conditional)
        statuses.append(answer.status_code)
    threads = [threading.Thread(target=write) for _ in range(WRITERS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert sorted(statuses) == [200] + [412] * (WRITERS - 1), statuses
"""


def test_of_many_first_writers_one_wins_though_all_looked_before_it_wrote(tmp_path: Path) -> None:
    run = subprocess.run([sys.executable, "-c", RACE, str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
