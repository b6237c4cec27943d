"""A message goes to a receiver that is still there; an image is named by its manifest."""

import hashlib
import json
import time
import uuid
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from tests.conformance.local_aws.conftest import Cloud

HANGS_UP = Config(retries={"total_max_attempts": 1}, read_timeout=0.2)


def test_a_message_does_not_go_to_a_receiver_that_has_hung_up(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    session: Any = cloud.session
    gone = session.client("sqs", endpoint_url=cloud.endpoint, config=HANGS_UP)
    for _ in range(3):
        with pytest.raises(ReadTimeoutError):
            gone.receive_message(QueueUrl=url, WaitTimeSeconds=20, VisibilityTimeout=600)
    sqs.send_message(QueueUrl=url, MessageBody="hint")
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "hint"


def test_a_long_poll_ends_with_the_message_or_with_its_time(cloud: Cloud) -> None:
    sqs = cloud.client("sqs")
    url = sqs.create_queue(QueueName=f"q-{uuid.uuid4().hex[:8]}")["QueueUrl"]
    began_s = time.monotonic()
    assert "Messages" not in sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)
    assert time.monotonic() - began_s >= 1
    sqs.send_message(QueueUrl=url, MessageBody="late", DelaySeconds=1)
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)["Messages"]
    assert message["Body"] == "late"


def test_images_of_other_manifests_have_other_digests(cloud: Cloud) -> None:
    ecr = cloud.client("ecr")
    name = f"r-{uuid.uuid4().hex[:8]}"
    ecr.create_repository(repositoryName=name)
    for tag in map(str, range(20)):
        kind = "application/vnd.oci.image.manifest.v1+json"
        manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "tag": tag})
        put = ecr.put_image(repositoryName=name, imageManifest=manifest, imageTag=tag)
        assert put["image"]["imageId"]["imageDigest"] == f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
