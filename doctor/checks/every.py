"""Every check, in the order in which they are told."""

from typing import Final

from doctor.checks.frame import Check
from doctor.checks.ground import Bucket, Hints, Identity, Lease, Settings
from doctor.checks.image import Image
from doctor.checks.network_of_aws import SecurityGroups, Subnets, WayOut
from doctor.checks.snowflake_side import EarlierDesign, Installed, SignIn, TasksResumed
from doctor.checks.tasks_of_aws import Cluster, LogGroup, Quota, Secrets, TaskDefinition

EVERY: Final[tuple[Check, ...]] = (
    Settings(), Identity(), Bucket(), Lease(), Cluster(), TaskDefinition(), Image(), LogGroup(), Secrets(), Quota(),
    Subnets(), SecurityGroups(), WayOut(), Hints(), SignIn(), Installed(), TasksResumed(), EarlierDesign(),
)  # fmt: skip
