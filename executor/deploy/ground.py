"""What a deployment stands on, looked at before anything is changed; all that is wrong is said at once."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import snowflake.connector
from botocore.exceptions import BotoCoreError, ClientError

from executor.deploy import signing_in
from executor.deploy.environment import Environment
from executor.settings import SettingsError, SnowflakeSettings

VCPU_OF_A_JOB: Final = 0.5
"""The template's size of a report that says none of its own, in vCPU."""
_FARGATE_VCPUS: Final = "L-3032A538"
"""The quota of Fargate on demand, in vCPU that run at once; Spot has another of the same size."""
_USABLE: Final = ("Enabled", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")
"""State, usage and kind of a key that S3 encrypts with."""
_OWN_VCPU: Final = 0.5
"""Two executors, while one takes over from the other."""

Aws = Callable[[str], Any]
"""Gives a client of AWS by a service's name."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What was found: the account, and everything that keeps this environment from being deployed."""

    account: str
    identity: str
    problems: tuple[str, ...]


def look(environment: Environment, aws: Aws, sign_in: SnowflakeSettings) -> Ground:
    """Look at both sides; changes nothing.

    Args:
        environment: what shall be deployed.
        aws: clients of the environment's region.
        sign_in: how the deployer signs in to Snowflake.
    """
    try:
        who = aws("sts").get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        told = f"AWS: {error}; set credentials (AWS_PROFILE, or aws sso login)"
        return Ground("", "", (told, *_snowflake(environment, sign_in)))
    checks = (_region(environment, aws), _network(environment, aws), _bucket(environment, aws, who["Account"]))
    problems = [line for check in checks for line in check]
    problems += [*_key(environment, aws), *_quota(environment, aws), *_snowflake(environment, sign_in)]
    return Ground(str(who["Account"]), str(who["Arn"]), tuple(problems))


def _region(environment: Environment, aws: Aws) -> Iterator[str]:
    region = aws("ec2").meta.region_name
    if region != environment.region:
        yield f"region: the clients ask {region}, the environment is in {environment.region}"


def _network(environment: Environment, aws: Aws) -> Iterator[str]:
    try:
        found = aws("ec2").describe_subnets(SubnetIds=list(environment.subnets))["Subnets"]
    except (BotoCoreError, ClientError) as error:
        yield f"subnets: {error}; name subnets of this account and region"
        return
    for subnet in found:
        if subnet["VpcId"] != environment.vpc:
            yield f"subnets: {subnet['SubnetId']} is in {subnet['VpcId']}, not in vpc {environment.vpc}"


def _bucket(environment: Environment, aws: Aws, account: str) -> Iterator[str]:
    name = environment.bucket(account)
    try:
        aws("s3").head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] == "403":
            yield f"bucket: {name} belongs to somebody else, or this identity may not see it; take another name"
    except BotoCoreError as error:
        yield f"bucket: S3 cannot be asked: {error}"


def _key(environment: Environment, aws: Aws) -> Iterator[str]:
    """A key that cannot be used would be noticed by the first file that is written, long after the stack is made."""
    arn = str(environment.stack.get("KeyArn") or "")
    if not arn:
        return
    region = arn.split(":")[3] if arn.count(":") >= 5 else ""
    if region != environment.region:
        yield f"key: KeyArn {arn} is in region {region or 'none'}, the bucket is in {environment.region}"
        return
    try:
        found = aws("kms").describe_key(KeyId=arn)["KeyMetadata"]
    except ClientError as error:
        if "AccessDenied" not in error.response["Error"]["Code"]:  # who may not look may deploy
            yield f"key: {error}; set KeyArn under [stack] to a key that is there"
        return
    except BotoCoreError as error:
        yield f"key: KMS cannot be asked: {error}"
        return
    kind = (found["KeyState"], found["KeyUsage"], found.get("KeySpec", _USABLE[2]))
    if kind != _USABLE:
        yield f"key: KeyArn {arn} is {', '.join(kind)}; S3 takes one that is {', '.join(_USABLE)}"


def _quota(environment: Environment, aws: Aws) -> Iterator[str]:
    wanted = float(environment.stack.get("MaxRunning", 50)) * VCPU_OF_A_JOB + _OWN_VCPU
    try:
        answer = aws("service-quotas").get_service_quota(ServiceCode="fargate", QuotaCode=_FARGATE_VCPUS)
    except (BotoCoreError, ClientError):
        return  # who may not ask for quotas may deploy; ECS says it when a task finds no room
    there = float(answer["Quota"]["Value"])
    if there < wanted:
        yield (
            f"quota: Fargate gives this account {there:g} vCPU at once, MaxRunning needs {wanted:g}; ask for more "
            f"(Service Quotas, {_FARGATE_VCPUS}) or lower MaxRunning under [stack]"
        )


def _snowflake(environment: Environment, sign_in: SnowflakeSettings) -> Iterator[str]:
    try:
        arguments = signing_in.explicit(sign_in.connect_arguments(environment.names()))
    except SettingsError as error:
        yield f"Snowflake: {error}"
        return
    alone: Mapping[str, Any] = {
        key: value for key, value in arguments.items() if key not in {"database", "schema", "warehouse"}
    }
    try:
        with snowflake.connector.connect(**alone, login_timeout=15, network_timeout=30):
            return
    except snowflake.connector.errors.Error as error:
        yield f"Snowflake: the sign-in fails: {' '.join(str(error.msg).split())}; check SNOWFLAKE_* or connections.toml"
