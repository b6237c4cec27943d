"""Every check, in the order in which they are told."""

from typing import Final

from doctor.checks.access_keys import AccessKeys
from doctor.checks.bucket_guard import BucketGuard
from doctor.checks.clock import Clock
from doctor.checks.endpoints import Endpoints
from doctor.checks.events import Events
from doctor.checks.executor_service import ExecutorService
from doctor.checks.frame import Check
from doctor.checks.grants import Grants
from doctor.checks.ground import Bucket, Hints, Identity, Lease, Settings
from doctor.checks.image import Image
from doctor.checks.launch_rate import LaunchRate
from doctor.checks.leftovers import Leftovers
from doctor.checks.log_options import LogOptions
from doctor.checks.network_acls import NetworkAcls
from doctor.checks.network_of_aws import SecurityGroups, Subnets
from doctor.checks.objects import Objects
from doctor.checks.procedures import Procedures
from doctor.checks.pulls import Pulls
from doctor.checks.registry import Registry
from doctor.checks.roles import ExecutionRole, ExecutorRole, ReportRole
from doctor.checks.secrets import Secrets
from doctor.checks.sizes import TaskSize
from doctor.checks.snowflake_side import EarlierDesign, Installed, SignIn, TasksResumed
from doctor.checks.tasks_of_aws import Cluster, LogGroup, Quota, TaskDefinition
from doctor.checks.user import User
from doctor.checks.vpc_dns import VpcDns
from doctor.checks.watching import Watching
from doctor.checks.way_out import WayOut

EVERY: Final[tuple[Check, ...]] = (
    Settings(), Identity(), Bucket(), Lease(), Cluster(), TaskDefinition(), Image(), LogGroup(), Secrets(), Quota(),
    LaunchRate(), Subnets(), SecurityGroups(), WayOut(), NetworkAcls(), Endpoints(), VpcDns(), Hints(), SignIn(),
    User(), Installed(), Objects(), Grants(), Procedures(), TasksResumed(), EarlierDesign(),
    TaskSize(), Registry(), LogOptions(), ExecutionRole(), ReportRole(), ExecutorRole(), BucketGuard(), Events(),
    ExecutorService(), Watching(), Leftovers(), AccessKeys(), Clock(), Pulls(),
)  # fmt: skip
