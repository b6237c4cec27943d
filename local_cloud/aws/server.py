"""The local AWS as one HTTP server on 127.0.0.1."""

import logging
import os
import threading
from functools import cache
from typing import Any

import boto3
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import BaseWSGIServer, make_server

from local_cloud.aws import moto_hooks
from local_cloud.aws.clock import utc_now
from local_cloud.aws.cloudformation.api import StackApi
from local_cloud.aws.cloudformation.engine import Engine
from local_cloud.aws.default_network import settle_default_network
from local_cloud.aws.fargate.container_plan import Surroundings
from local_cloud.aws.fargate.engine import FargateEngine
from local_cloud.aws.fargate.images import ImageMap
from local_cloud.aws.fargate.processes import ProcessHost
from local_cloud.aws.fargate.roster import Roster
from local_cloud.aws.fargate.supervisor import Platform
from local_cloud.aws.fargate.world import Place
from local_cloud.aws.faults.gate import FaultGate
from local_cloud.aws.faults.orders import FaultBook
from local_cloud.aws.log_files import LogFiles
from local_cloud.aws.moto_digests import name_images_by_manifest
from local_cloud.aws.moto_events import MotoEventBus
from local_cloud.aws.moto_memory import forget_what_is_over
from local_cloud.aws.moto_queues import knowing_who_asks, poll_patiently
from local_cloud.aws.moto_refusals import honest
from local_cloud.aws.moto_world import MotoWorld
from local_cloud.aws.own_routes import METADATA_PREFIX, OwnRoutes
from local_cloud.aws.s3.folder import ObjectFolder
from local_cloud.aws.s3.keeper import S3Keeper
from local_cloud.aws.schedules.clockwork import Clockwork
from local_cloud.aws.schedules.scaling import Scaling
from local_cloud.aws.services.api import ServiceApi
from local_cloud.aws.services.scheduler import Scheduler
from local_cloud.aws.settings import ServerSettings
from local_cloud.aws.task_events import TaskEvents
from local_cloud.aws.throttle import NoThrottle, Throttle

HOST = "127.0.0.1"
STOP_LOOK_S = 0.1  # how often the server looks whether it shall stop
TASK_ACCESS_KEY_ID = "AKIALOCALCLOUDTASK00"  # 20 characters, as moto expects of a key id


class LocalAws:
    """Moto with our Fargate, kept in a folder.

    One per process: moto's state is global.

    Args:
        settings: what it is started with.
        images: which local program stands for which image.
    """

    def __init__(self, settings: ServerSettings, images: ImageMap) -> None:
        self._settings = settings
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
        self._home = settings.data_dir / "home"
        self._home.mkdir(exist_ok=True)
        self._log_files = LogFiles(settings.data_dir / "logs")
        self._keeper = S3Keeper(ObjectFolder(settings.data_dir / "s3"))
        self._faults = FaultBook()
        world = MotoWorld(self._log_files, utc_now)
        platform = Platform(
            world=world,
            host=ProcessHost(),
            images=images,
            clock=utc_now,
            start_delay_s=settings.start_delay_s,
            around=self._surroundings,
            faults=self._faults,
            watch=TaskEvents(MotoEventBus(), self._faults).note,
            time_scale=settings.time_scale,
        )
        self._roster = Roster(utc_now, settings.stopped_retention_s, settings.visible_after_s)
        self._engine = FargateEngine(
            platform,
            Throttle() if settings.throttled else NoThrottle(),
            self._roster,
        )
        self._scheduler = Scheduler(self._engine, utc_now, settings.time_scale)
        services = ServiceApi(self._scheduler, world, utc_now)
        self._clockwork = Clockwork(utc_now)
        self._scaling = Scaling(services, self._clockwork)
        self._stacks = StackApi(Engine(self._client, utc_now), utc_now)
        self._hook(world, services)
        forget_what_is_over()
        poll_patiently()
        name_images_by_manifest()
        settle_default_network()
        world.restore_logs()
        self._keeper.restore()
        self._server = self._listen()
        self._thread = threading.Thread(target=self._serve, name="http", daemon=True)

    def _hook(self, world: MotoWorld, services: ServiceApi) -> None:
        moto_hooks.hook_ecs(self._engine, self._roster, services)
        moto_hooks.hook_logs(world)
        moto_hooks.hook_cloudformation(self._stacks)
        moto_hooks.hook_schedules(self._engine, self._scaling, self._clockwork)
        moto_hooks.hook_rights()
        moto_hooks.hook_s3(self._keeper, utc_now)
        moto_hooks.hook_reset(self._reset, settle_default_network)
        moto_hooks.hook_module_list()

    @property
    def endpoint(self) -> str:
        """Base URL for AWS clients."""
        return f"http://{HOST}:{self._server.server_port}"

    def start(self) -> None:
        """Answer requests from now on."""
        self._thread.start()
        self._scheduler.start()
        self._clockwork.start()

    def stop(self) -> None:
        """Stop answering and end all tasks."""
        self._server.shutdown()
        self._clockwork.forget()
        self._scheduler.forget()
        self._engine.close()

    def _serve(self) -> None:
        self._server.serve_forever(poll_interval=STOP_LOOK_S)

    def _listen(self) -> BaseWSGIServer:
        stock = knowing_who_asks(honest(DomainDispatcherApplication(create_backend_app)))
        return make_server(
            HOST,
            self._settings.port,
            OwnRoutes(self._engine, self._roster, self._faults, self._clockwork, FaultGate(self._faults, stock)),
            threaded=True,
            request_handler=MotoRequestHandler,
        )

    def _client(self, place: Place, service: str) -> Any:
        # As any client of the account: a stack is made through the front door.
        return _made_client(self.endpoint, place.region, service)

    def _surroundings(self, container_id: str, place: Place) -> Surroundings:
        return Surroundings(
            environment={
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(self._home),
                "AWS_REGION": place.region,
                "AWS_DEFAULT_REGION": place.region,
                "AWS_ENDPOINT_URL": self.endpoint,
                "AWS_ACCESS_KEY_ID": TASK_ACCESS_KEY_ID,
                "AWS_SECRET_ACCESS_KEY": "local",
                "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
                "ECS_CONTAINER_METADATA_URI_V4": f"{self.endpoint}{METADATA_PREFIX}{container_id}",
            },
            home=self._home,
        )

    def _reset(self) -> None:
        self._faults.clear()
        self._stacks.forget()
        self._clockwork.forget()
        self._scaling.forget()
        self._scheduler.forget()
        self._engine.reset()
        self._log_files.forget()
        self._keeper.forget()


_MAKES_CLIENTS = threading.Lock()  # sessions are not for several threads at once


@cache
def _session(region: str) -> boto3.Session:
    return boto3.Session("AKIALOCALCLOUDSTACK0", "local", region_name=region)


@cache
def _cached_client(endpoint: str, region: str, service: str) -> Any:
    session: Any = _session(region)
    return session.client(service, endpoint_url=endpoint)


def _made_client(endpoint: str, region: str, service: str) -> Any:
    with _MAKES_CLIENTS:
        return _cached_client(endpoint, region, service)
