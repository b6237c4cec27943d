"""Why Fargate would not launch although the request is sound, because that was ordered.

Sources: the page on service event messages in the ECS developer guide, and answers of RunTask as public bug
reports quote them.
"""

from local_cloud.aws.fargate.refusals import client_error, invalid_parameter
from local_cloud.aws.faults.orders import LAUNCH_KINDS, FaultBook

TEXTS = {
    "capacity": ("Capacity is unavailable at this time. Please try again later or in a different availability zone"),
    "vcpu_quota": "You’ve reached the limit on the number of vCPUs you can run concurrently",  # noqa: RUF001 - as ECS writes it
}
AS_EXCEPTION = 400  # the order's `code` for the field's other way of saying it: an error instead of a failure
EC2_LOOKUP_THROTTLED = (
    "Error retrieving subnet information for [subnet]: Request limit exceeded. (ErrorCode: RequestLimitExceeded)"
)


def launch_failures(faults: FaultBook, text: str) -> list[str]:
    """Answer with the reasons of a launch's `failures`; empty when nothing was ordered.

    Raises:
        RefusedError: when the order is one that ECS answers with an error.
    """
    fault = faults.take("RunTask", text, LAUNCH_KINDS)
    if fault is None:
        return []
    if fault.kind == "ec2_throttle":
        raise invalid_parameter(fault.text or EC2_LOOKUP_THROTTLED)
    reason = fault.text or TEXTS[fault.kind]
    if fault.code == AS_EXCEPTION:
        raise client_error(reason)
    return [reason]
