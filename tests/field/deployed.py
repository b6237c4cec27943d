"""Our own template deployed on a local cloud, and asked as an account is, so that it can be broken part by part."""

import hashlib
import json
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from typer.testing import CliRunner

from contract.outcome import Verdict
from doctor.checks.registry import PUSHES
from executor import causes
from executor.adapters.ecs_launcher import view
from executor.cli.main import app
from executor.core.failures import Evidence, judge
from local_cloud.aws.process import LocalAwsProcess
from tests.field.asking import KEYS

REGION, ACCOUNT = "eu-central-1", "123456789012"
REGISTRY = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
ENDS_WITHIN_S = 60.0
INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CLIENT = Config(retries={"total_max_attempts": 1})


class Deployed:
    """One installation, ``prod``, with all that the template makes of it, and a hand on its parts."""

    def __init__(self, endpoint: str, images: Path) -> None:
        self.endpoint, self._images = endpoint, images
        self._session: Any = boto3.Session(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"], region_name=REGION)
        self.keys = self._deployer()
        value = json.dumps({"private_key": "canary", "passphrase": "canary"})
        secrets = self.client("secretsmanager")
        self.secret = str(secrets.create_secret(Name="reporting/runner", SecretString=value)["ARN"])
        self._change("CREATE")
        digests = {name: self.push(f"reporting-prod/{name}", "arm64") for name in ("executor", "runner", "documents")}
        given = {
            f"{name.title()}Image": f"{REGISTRY}/reporting-prod/{name}@{digest}" for name, digest in digests.items()
        }
        for address in given.values():
            self.stands_for(address, [sys.executable, "-I", "-c", "print('a report')"])
        self._change("UPDATE", **given)

    def client(self, service: str, region: str = REGION) -> Any:
        return self._session.client(service, endpoint_url=self.endpoint, region_name=region, config=CLIENT)

    def _deployer(self) -> dict[str, str]:
        """Somebody who may push images; answers with what they sign in with."""
        iam = self.client("iam")
        iam.create_user(UserName="deployer")
        allowed: list[dict[str, Any]] = [
            {"Effect": "Allow", "Action": "ecr:GetAuthorizationToken", "Resource": "*"},
            {"Effect": "Allow", "Action": list(PUSHES), "Resource": f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/*"},
        ]
        self.allow("user", "deployer", allowed)
        key = iam.create_access_key(UserName="deployer")["AccessKey"]
        return {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}

    def allow(self, kind: str, name: str, statements: list[dict[str, Any]], policy: str = "all") -> None:
        """Put a policy in the place of the one of that name of a role or user."""
        document = json.dumps({"Version": "2012-10-17", "Statement": statements})
        who = {f"{kind.title()}Name": name, "PolicyName": policy, "PolicyDocument": document}
        getattr(self.client("iam"), f"put_{kind}_policy")(**who)

    @contextmanager
    def without(self, role: str, policy: str, sid: str) -> Iterator[None]:
        """A role without one statement of its policy, as long as the block lasts."""
        told = self.client("iam").get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]["Statement"]
        nothing = {"Sid": "Nothing", "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"}
        self.allow("role", role, [nothing, *(one for one in told if one["Sid"] != sid)], policy)
        try:
            yield
        finally:
            self.allow("role", role, told, policy)

    @cached_property
    def ecs(self) -> Any:
        return self.client("ecs")

    @cached_property
    def outputs(self) -> dict[str, str]:
        (stack,) = self.client("cloudformation").describe_stacks(StackName="reporting")["Stacks"]
        assert stack["StackStatus"].endswith("_COMPLETE"), stack
        return {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}

    @cached_property
    def subnets(self) -> list[str]:
        wanted = [{"Name": "default-for-az", "Values": ["true"]}]
        return [one["SubnetId"] for one in self.client("ec2").describe_subnets(Filters=wanted)["Subnets"][:2]]

    @property
    def settings(self) -> dict[str, str]:
        """What an executor of this installation is told."""
        told = self.outputs
        return {
            "REPORTING_INSTALLATION": "prod", "REPORTING_BUCKET": told["Bucket"], "REPORTING_CLUSTER": told["Cluster"],
            "REPORTING_TASK_DEFINITION": told["RunnerTaskDefinition"], "REPORTING_SUBNETS": ",".join(self.subnets),
            "REPORTING_TASK_DEFINITION_DOCUMENTS": told["DocumentsTaskDefinition"],
            "REPORTING_SECURITY_GROUPS": told["SecurityGroup"], "REPORTING_LOG_GROUP": told["JobsLogGroup"],
            "REPORTING_HINTS_QUEUE_URL": told["HintsQueueUrl"],
        }  # fmt: skip

    def push(self, repository: str, *architectures: str, size: int = 0) -> str:
        """Put an image into the registry, as an index of one manifest per processor; answers with its digest."""
        listed = []
        for architecture in architectures:
            layer = {"mediaType": "layer", "size": size, "digest": f"sha256:{uuid.uuid4().hex * 2}"}
            config = {"mediaType": "config", "size": 1, "digest": f"sha256:{uuid.uuid4().hex * 2}"}
            one = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
            digest = self._put(repository, one, f"{architecture}-{uuid.uuid4().hex[:8]}")
            platform = {"os": "linux", "architecture": architecture}
            listed.append({"mediaType": MANIFEST, "digest": digest, "size": 1, "platform": platform})
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}
        return self._put(repository, index, uuid.uuid4().hex[:8])

    def _put(self, repository: str, manifest: dict[str, Any], tag: str) -> str:
        text = json.dumps(manifest)
        digest = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        answer = self.client("ecr").put_image(
            repositoryName=repository, imageManifest=text, imageTag=tag, imageDigest=digest,
            imageManifestMediaType=manifest["mediaType"],
        )  # fmt: skip
        return str(answer["image"]["imageId"]["imageDigest"])

    def stands_for(self, address: str, command: list[str]) -> None:
        """Let a local program stand for an image."""
        known = json.loads(self._images.read_text())
        self._images.write_text(json.dumps({**known, address: {"command": command}}))

    def definition(self, name: str = "RunnerTaskDefinition") -> dict[str, Any]:
        """A task definition of the stack, as it could be registered again."""
        told: dict[str, Any] = self.ecs.describe_task_definition(taskDefinition=self.outputs[name])["taskDefinition"]
        taken = (
            "family", "taskRoleArn", "executionRoleArn", "networkMode", "containerDefinitions", "volumes", "cpu",
            "memory", "requiresCompatibilities", "runtimePlatform",
        )  # fmt: skip
        return {key: told[key] for key in taken if key in told}

    def registered(self, change: Callable[[dict[str, Any], dict[str, Any]], object]) -> str:
        """A revision in which something was changed: ``change(definition, container)``; answers with its name."""
        wanted = self.definition()
        change(wanted, wanted["containerDefinitions"][0])
        made = self.ecs.register_task_definition(**wanted)["taskDefinition"]
        return f"{made['family']}:{made['revision']}"

    def run(self, definition: str, **more: Any) -> dict[str, Any]:
        """Run a task to its end; answers with what ECS says of it."""
        where = {"awsvpcConfiguration": {"subnets": self.subnets}}
        wanted = {"cluster": self.outputs["Cluster"], "taskDefinition": definition, "networkConfiguration": where}
        (task,) = self.ecs.run_task(**{**wanted, **more})["tasks"]
        until = time.monotonic() + ENDS_WITHIN_S
        while time.monotonic() < until:
            (told,) = self.ecs.describe_tasks(cluster=self.outputs["Cluster"], tasks=[task["taskArn"]])["tasks"]
            if told["lastStatus"] == "STOPPED":
                return dict(told)
            time.sleep(0.05)
        raise AssertionError(f"{task['taskArn']} did not stop")

    def order(self, *faults: dict[str, Any], method: str = "POST") -> None:
        """Order trouble from the local cloud, or with DELETE take all orders back."""
        body = json.dumps(faults).encode() if method == "POST" else None
        kind = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.endpoint}/local-cloud/faults", body, kind, method=method)
        with urllib.request.urlopen(request, timeout=ENDS_WITHIN_S) as answer:
            assert answer.status == 200

    def _change(self, kind: str, **given: str) -> None:
        vpc = self.client("ec2").describe_subnets(SubnetIds=self.subnets)["Subnets"][0]["VpcId"]
        told = {
            "Environment": "prod", "VpcId": vpc, "SubnetIds": ",".join(self.subnets), "ExecutorCount": "0",
            "SnowflakeAccount": "organisation-account", "RunnerSecretArn": self.secret, "RunnerUser": "RUNNER",
            "AlarmEmail": "oncall@example.com", **given,
        }  # fmt: skip
        client = self.client("cloudformation")
        change = getattr(client, f"{kind.lower()}_stack")
        change(
            StackName="reporting", TemplateBody=Path("infra/stack.yaml").read_text(encoding="utf-8"),
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in told.items()],
        )  # fmt: skip
        client.get_waiter(f"stack_{kind.lower()}_complete").wait(
            StackName="reporting", WaiterConfig={"Delay": 0.1, "MaxAttempts": 600}
        )
        self.__dict__.pop("outputs", None)


@contextmanager
def deployment(folder: Path) -> Iterator[Deployed]:
    """A local cloud with the template's stack."""
    images = folder / "images.json"
    images.write_text("{}")
    with LocalAwsProcess(folder / "data", images, start_delay_s=0.0) as server:
        yield Deployed(server.endpoint, images)


def explained(task: dict[str, Any]) -> dict[str, Any]:
    """What ``reporting explain task … --json`` says."""
    done = CliRunner().invoke(app, ["explain", "task", task["taskArn"], "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    (report,) = json.loads(done.stdout)
    return dict(report)


def bundle_explained(folder: Path, service: str) -> dict[str, Any]:
    """What ``reporting explain bundle … --json`` says of one service."""
    done = CliRunner().invoke(app, ["explain", "bundle", str(folder), "--service", service, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    (report,) = json.loads(done.stdout)
    return dict(report)


def verdict(task: dict[str, Any]) -> Verdict:
    """What stands on the job's row once the executor has seen this task end."""
    return judge(Evidence("report", view(task), None), causes.load())


def classified(text: str) -> dict[str, Any]:
    """What ``reporting classify --json`` says of a text."""
    done = CliRunner().invoke(app, ["classify", text, "--json"])
    assert done.exit_code == 0, (done.output, done.exception)
    return dict(json.loads(done.stdout.splitlines()[-1]))
