"""Which operations can be struck: those that AWS has and that a request can be recognised to be.

The names come from botocore's service models, so a slip of the pen is found when the order is given, and not
never.
"""

from difflib import get_close_matches
from functools import cache

from botocore.loaders import Loader

from local_cloud.aws.faults.operations import S3_NAMES

SERVICES = (
    "ecs", "s3", "logs", "sqs", "secretsmanager", "sts", "events", "sns", "ssm", "iam", "ecr", "ec2", "kms",
    "cloudformation", "application-autoscaling", "elbv2", "resourcegroupstaggingapi", "service-quotas", "dynamodb",
)  # fmt: skip
NOT_SUPPORTED = "not supported by the local cloud: "


def why_not(op: str) -> str | None:
    """Say why an operation cannot be struck; None for one that can."""
    if any(op in operations_of(service) for service in SERVICES):
        return None
    if op in _all_operations("s3"):
        return f"{NOT_SUPPORTED}trouble with S3's {op}; of S3 can be struck {', '.join(sorted(S3_NAMES))}"
    if op in _all_operations("cloudwatch"):
        return f"{NOT_SUPPORTED}trouble with {op}, because CloudWatch's requests are in CBOR"
    known = sorted({name for service in SERVICES for name in operations_of(service)} | {"task", "event"})
    near = [name for name in known if name.lower() == op.lower()] or get_close_matches(op, known, 3)
    meant = f"; did you mean {' or '.join(near)}?" if near else f"; the services known here are {', '.join(SERVICES)}"
    return f"{op} is neither an operation of AWS such as RunTask nor task nor event{meant}"


@cache
def operations_of(service: str) -> frozenset[str]:
    """Answer with the operations of a service that can be struck, by its name in botocore."""
    return S3_NAMES if service == "s3" else _all_operations(service)


def _all_operations(service: str) -> frozenset[str]:
    return frozenset(Loader().load_service_model(service, "service-2")["operations"])
