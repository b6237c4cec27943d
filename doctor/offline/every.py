"""Every theory, in the order in which they are told: what keeps tasks from starting first."""

from typing import Final

from doctor.offline.containers import CONTAINERS
from doctor.offline.dockerfiles import DOCKERFILES
from doctor.offline.environment import ENVIRONMENT
from doctor.offline.fargate import FARGATE
from doctor.offline.frame import FileCheck
from doctor.offline.health import HEALTH_CHECKS
from doctor.offline.hints import HINTS
from doctor.offline.images import IMAGES, PLATFORM
from doctor.offline.launches import LAUNCHES
from doctor.offline.logs import LOG_GROUPS, LOGS
from doctor.offline.network import NETWORK
from doctor.offline.policies import POLICIES, RIGHTS
from doctor.offline.roles import ROLES
from doctor.offline.secrets import SECRETS
from doctor.offline.services import SERVICES
from doctor.offline.settings import SETTINGS
from doctor.offline.sizes import SIZES
from doctor.offline.snowflake import SNOWFLAKE
from doctor.offline.start import START

EVERY: Final[tuple[FileCheck, ...]] = (
    SETTINGS, FARGATE, SIZES, CONTAINERS, IMAGES, PLATFORM, ROLES, RIGHTS, SECRETS, LOGS, LOG_GROUPS, START,
    HEALTH_CHECKS, ENVIRONMENT, SNOWFLAKE, NETWORK, SERVICES, LAUNCHES, HINTS, POLICIES, DOCKERFILES,
)  # fmt: skip
