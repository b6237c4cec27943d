"""A Fargate task as ECS tells of it, at its real size: every field that DescribeTasks gives, attachments included."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any, Final

REGION: Final = "us-east-1"
ACCOUNT: Final = "123456789012"
# The parts that differ between two tasks of one definition stand between marks.
_FORM: Final = json.dumps(
    {
        "attachments": [
            {
                "id": "@eni@",
                "type": "ElasticNetworkInterface",
                "status": "ATTACHED",
                "details": [
                    {"name": "subnetId", "value": "subnet-0d1f8a4e9c6b7a352"},
                    {"name": "networkInterfaceId", "value": "eni-0a1b2c3d4e5f60718"},
                    {"name": "macAddress", "value": "0a:58:a9:fe:ac:02"},
                    {"name": "privateDnsName", "value": "ip-10-0-142-237.ec2.internal"},
                    {"name": "privateIPv4Address", "value": "10.0.142.237"},
                ],
            }
        ],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": f"{REGION}b",
        "capacityProviderName": "FARGATE",
        "clusterArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/reporting",
        "connectivity": "CONNECTED",
        "containers": [
            {
                "containerArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:container/reporting/@id@/@eni@",
                "taskArn": "@arn@",
                "name": "report",
                "image": f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/reporting-runner:1.4.2",
                "imageDigest": "sha256:9b2a1f0c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f10",
                "runtimeId": "@id@-2531612879",
                "lastStatus": "@status@",
                "networkBindings": [],
                "networkInterfaces": [{"attachmentId": "@eni@", "privateIpv4Address": "10.0.142.237"}],
                "exitCode": "@exit@",
                "healthStatus": "UNKNOWN",
                "managedAgents": [],
                "cpu": "0",
            }
        ],
        "cpu": "1024",
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": False,
        "ephemeralStorage": {"sizeInGiB": 20},
        "fargateEphemeralStorage": {"sizeInGiB": 20},
        "group": "family:reporting-job",
        "healthStatus": "UNKNOWN",
        "lastStatus": "@status@",
        "launchType": "FARGATE",
        "memory": "2048",
        "overrides": {"containerOverrides": "@containers@", "inferenceAcceleratorOverrides": []},
        "platformFamily": "Linux",
        "platformVersion": "1.4.0",
        "startedBy": "@startedBy@",
        "tags": [],
        "taskArn": "@arn@",
        "taskDefinitionArn": f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/reporting-job:3",
        "version": 5,
    },
    separators=(",", ":"),
)


@dataclass(slots=True)
class StubTask:
    """One task: made by RunTask, running and stopped by the clock; all times in seconds since 1970."""

    started_by: str
    containers: list[dict[str, Any]]
    created_s: float
    starts_s: float
    stops_s: float
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def arn(self) -> str:
        """Its ARN in the cluster ``reporting``."""
        return f"arn:aws:ecs:{REGION}:{ACCOUNT}:task/reporting/{self.id}"

    def stopped(self, now_s: float) -> bool:
        """Whether it has ended."""
        return now_s >= self.stops_s

    def runs(self, now_s: float) -> bool:
        """Whether its container runs."""
        return self.starts_s <= now_s < self.stops_s

    def told(self, now_s: float) -> str:
        """The task in JSON as it is at a moment."""
        status = "STOPPED" if self.stopped(now_s) else "RUNNING" if self.runs(now_s) else "PROVISIONING"
        eni = f"{self.id[:8]}-{self.id[8:12]}-4{self.id[13:16]}-8{self.id[17:20]}-{self.id[20:]}"
        text = (
            _FORM.replace("@arn@", self.arn)
            .replace("@id@", self.id)
            .replace("@eni@", eni)
            .replace("@status@", status)
            .replace("@startedBy@", self.started_by)
            .replace('"exitCode":"@exit@",', '"exitCode":0,' if status == "STOPPED" else "")
            .replace('"@containers@"', json.dumps(self.containers, separators=(",", ":")))
        )
        return text[:-1] + "".join(f',"{name}":{value}' for name, value in self._times(status)) + "}"

    def _times(self, status: str) -> list[tuple[str, object]]:
        times: list[tuple[str, object]] = [("createdAt", round(self.created_s, 3))]
        if status == "PROVISIONING":
            return times
        begins = round(self.starts_s - 1.0, 3)
        times += [("connectivityAt", begins), ("pullStartedAt", begins), ("pullStoppedAt", begins)]
        times += [("startedAt", round(self.starts_s, 3))]
        if status == "STOPPED":
            ended = round(self.stops_s, 3)
            times += [("executionStoppedAt", ended), ("stoppingAt", ended), ("stoppedAt", ended)]
            times += [("stopCode", '"EssentialContainerExited"')]
            times += [("stoppedReason", '"Essential container in task exited"')]
        return times
