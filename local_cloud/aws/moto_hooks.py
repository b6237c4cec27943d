"""Every place where we reach into moto's inside; the seam test pins each of them.

* `moto.ecs.urls.url_paths["{0}/$"]`: which class answers ECS; read when ECS is first asked for, so hooks
  must be in place before the first request.
* `moto.logs.urls.url_paths["{0}/$"]`, `moto.cloudformation.urls.url_paths["{0}/$"]`: likewise for Logs and
  CloudFormation.
* `moto.iam.urls.url_paths["{0}/$"]`: likewise for IAM.
* `moto.events.urls.url_paths["{0}/"]`, every path of `moto.scheduler.urls.url_paths`, and
  `moto.applicationautoscaling.urls.url_paths["{0}/$"]`: likewise for EventBridge, its Scheduler and Application Auto
  Scaling.
* `moto.s3.responses.S3Response`: which class answers S3; moto loads `moto.s3.urls` anew when S3 is first
  asked for, so a change to its `url_paths` would be lost.
* `moto.s3.models.FakeBucket.get_permission`: see `s3/moto_policies.py`.
* `moto.moto_api._internal.urls.url_paths["{0}/moto-api/reset"]`: what a reset does.
* `moto.core.common_models.BaseModel.__new__`, `moto.sns.models.Topic.sent_notifications`,
  `moto.sqs.models.Queue.deleted_messages`: see `moto_memory.py`.
* `moto.sqs.models.SQSBackend.receive_message`, `moto.sqs.models.Queue._messages_lock`: see `moto_queues.py`.
* `moto.ecr.models.Image._create_digest`: see `moto_digests.py`.
* `moto.logs.models.LogStream.events`: see `moto_log_memory.py`.
* `moto.backends.list_of_moto_modules`: lists a folder of 175 entries for every request; answered once.
"""

from collections.abc import Callable
from typing import Any

import moto.applicationautoscaling.urls
import moto.backends
import moto.cloudformation.urls
import moto.ecs.urls
import moto.events.urls
import moto.iam.urls
import moto.logs.urls
import moto.moto_api._internal.urls
import moto.s3.models
import moto.s3.responses
import moto.scheduler.urls

from local_cloud.aws.clock import Clock
from local_cloud.aws.cloudformation.api import StackApi
from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.roster import Roster
from local_cloud.aws.moto_cloudformation import stacks_response
from local_cloud.aws.moto_ecs import engine_response
from local_cloud.aws.moto_iam import HonestIamResponse
from local_cloud.aws.moto_log_memory import pack_what_rests
from local_cloud.aws.moto_logs import keeping_logs_response
from local_cloud.aws.moto_scaling import scaling_response
from local_cloud.aws.moto_schedules import HonestEventsResponse, scheduler_response
from local_cloud.aws.moto_world import MotoWorld
from local_cloud.aws.s3.keeper import S3Keeper
from local_cloud.aws.s3.moto_policies import permission
from local_cloud.aws.s3.moto_s3 import keeping_response
from local_cloud.aws.schedules.clockwork import Clockwork
from local_cloud.aws.schedules.scaling import Scaling
from local_cloud.aws.services.api import ServiceApi

RESET_PATH = "{0}/moto-api/reset"
ECS_PATH = "{0}/$"


def hook_ecs(engine: FargateEngine, roster: Roster, services: ServiceApi) -> None:
    """Let our Fargate answer for ECS's tasks and services."""
    moto.ecs.urls.url_paths[ECS_PATH] = engine_response(engine, roster, services).dispatch


def hook_logs(world: MotoWorld) -> None:
    """Let our Logs answer, and streams that rest take little memory."""
    pack_what_rests()
    moto.logs.urls.url_paths["{0}/$"] = keeping_logs_response(world).dispatch


def hook_cloudformation(stacks: StackApi) -> None:
    """Let our stacks answer for CloudFormation."""
    moto.cloudformation.urls.url_paths["{0}/$"] = stacks_response(stacks).dispatch


def hook_schedules(engine: FargateEngine, scaling: Scaling, clockwork: Clockwork) -> None:
    """Let our EventBridge, its Scheduler and our Application Auto Scaling answer."""
    moto.events.urls.url_paths["{0}/"] = HonestEventsResponse.dispatch
    scheduler = scheduler_response(engine, clockwork)
    for path in moto.scheduler.urls.url_paths:
        moto.scheduler.urls.url_paths[path] = scheduler.dispatch
    moto.applicationautoscaling.urls.url_paths["{0}/$"] = scaling_response(scaling).dispatch


def hook_rights() -> None:
    """Let our IAM answer."""
    moto.iam.urls.url_paths["{0}/$"] = HonestIamResponse.dispatch


def hook_s3(keeper: S3Keeper, clock: Clock) -> None:
    """Let our S3 answer, one request at a time but for parts, and keep what it is given."""
    moto.s3.responses.S3Response = keeping_response(keeper, clock)  # type: ignore[misc]  # the seam itself
    moto.s3.models.FakeBucket.get_permission = permission  # type: ignore[assignment, method-assign]  # the seam itself


def hook_reset(before_reset: Callable[[], None], after_reset: Callable[[], None]) -> None:
    """Call something before and after moto forgets everything."""
    paths = moto.moto_api._internal.urls.url_paths  # noqa: SLF001 - the seam this module is for
    stock = paths[RESET_PATH]

    def reset(request: Any, full_url: str, headers: Any) -> Any:
        if request.method != "POST":
            return stock(request, full_url, headers)
        before_reset()
        answer = stock(request, full_url, headers)
        after_reset()
        return answer

    paths[RESET_PATH] = reset


def hook_module_list() -> None:
    """Answer moto's question for its own modules from memory."""
    modules = tuple(moto.backends.list_of_moto_modules())
    moto.backends.list_of_moto_modules = lambda: modules
