"""Environments of the local cloud, which runs in the background from the first ``deploy`` to the last ``destroy``."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlparse

from executor.cli import local_settings as local
from executor.cli.aws_clients import Clients, local_clients
from executor.cli.errors import CommandError
from executor.cli.local_install import only
from executor.deploy import environment as environments
from executor.deploy.environment import Environment
from executor.deploy.images import Run
from executor.deploy.recipes import RECIPES, Recipe
from executor.settings import SnowflakeSettings

NAME: Final = "local"
READY_WITHIN_S: Final = 60.0
ENDS_WITHIN_S: Final = 20.0
TIME_SCALE: Final = 0.1
"""ECS's timers are ten times as fast: nothing has to be pulled here."""
_LOOK_S: Final = 0.1
_MODULES: Final = {"aws": "local_cloud.aws", "snowflake": "local_cloud.snowflake"}


def on_local_cloud(name: str, said: Mapping[str, Any] | None) -> bool:
    """Whether an environment is on the local cloud, by its name or by what its file says."""
    return name == NAME or (said or {}).get("cloud") == "local"


class LocalCloud:
    """A local Snowflake and a local AWS of a folder, as processes of their own.

    Args:
        folder: data, logs, and who runs.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._note = self._folder / "cloud.json"
        self._environments = self._folder / "environments.json"
        self.images = self._folder / "images.json"

    def start(self, say: Callable[[str], None]) -> None:
        """Start what does not run.

        Raises:
            CommandError: a server does not answer; its log is named.
        """
        for name in _MODULES:
            (self._folder / name).mkdir(parents=True, exist_ok=True)
        if not self.images.exists():
            self.images.write_text("{}", encoding="utf-8")
        known = self._known()
        if all(name in known and _runs(known[name]["pid"]) for name in _MODULES):
            return
        self.stop()
        aws = self._server("aws", "--images", str(self.images), "--time-scale", str(TIME_SCALE))
        endpoint = aws["endpoint"]
        administrators = ("--administrators", local.USER)
        snowflake = self._server("snowflake", *administrators, "--aws-endpoint-url", endpoint)
        self._note.write_text(json.dumps({"aws": aws, "snowflake": snowflake}), encoding="utf-8")
        say(f"local cloud: Snowflake {snowflake['endpoint']}, AWS {endpoint}; logs in {self._folder}")

    def stop(self) -> None:
        """End what runs."""
        for server in self._known().values():
            _end(int(server["pid"]))
        self._note.unlink(missing_ok=True)

    def endpoint(self, name: str) -> str:
        """Where a server answers.

        Raises:
            CommandError: none runs.
        """
        known = self._known()
        if name not in known or not _runs(known[name]["pid"]):
            raise CommandError(
                f"no local cloud runs in {self._folder}; reporting deploy starts one for what is deployed into it"
            )
        return str(known[name]["endpoint"])

    def clients(self, region: str) -> Clients:
        """Clients of a region of the local AWS, by their service's name."""
        return local_clients(region, lambda: self.endpoint("aws"))

    def of(self, name: str, said: Mapping[str, Any] | None, region: str | None = None) -> tuple[Clients, str]:
        """Clients of the region of an environment and its region: ``region``, what its file ``said``, or the usual."""
        region = region or str((said or {}).get("region") or self._noted().get(name) or local.REGION)
        return self.clients(region), region

    def sign_in(self) -> SnowflakeSettings:
        """How an administrator signs in to the local Snowflake."""
        return only(local.snowflake_environment(self.endpoint("snowflake"), local.ADMINISTRATOR))

    def environment(self, name: str, said: Mapping[str, Any]) -> Environment:
        """An environment on this cloud, in a region's default network where its file names no other.

        Args:
            name: of the environment.
            said: by its file, where it has one.

        Raises:
            SettingsError: with everything that is wrong in the file.
        """
        region, url = str(said.get("region", local.REGION)), urlparse(self.endpoint("snowflake"))
        there = {"account": "local", "host": url.hostname, "port": url.port, "protocol": "http"}
        side = {"sign_in": "key-pair", **dict(said.get("snowflake", {})), **there}
        found = {"region": region, **said, "cloud": "local", "snowflake": side}
        return environments.of(name, found if "vpc" in said else {**found, **self._default_network(region)})

    def _default_network(self, region: str) -> dict[str, Any]:
        default = [{"Name": "default-for-az", "Values": ["true"]}]
        subnets = self.clients(region)("ec2").describe_subnets(Filters=default)["Subnets"][:2]
        return {"vpc": subnets[0]["VpcId"], "subnets": [item["SubnetId"] for item in subnets]}

    def note(self, environment: Environment) -> None:
        """Remember that an environment may be deployed here."""
        self._environments.write_text(json.dumps({**self._noted(), environment.name: environment.region}))

    def forget(self, name: str) -> None:
        """No longer remember an environment: it is removed."""
        self._environments.write_text(json.dumps({key: one for key, one in self._noted().items() if key != name}))

    def others(self, name: str) -> list[str]:
        """The environments besides this one that are deployed here."""
        rest = {key: region for key, region in self._noted().items() if key != name}
        return [key for key, region in rest.items() if self._has_stack(f"reporting-{key}", region)]

    def _has_stack(self, stack: str, region: str) -> bool:
        found = self.clients(region)("cloudformation").list_stacks()["StackSummaries"]
        return any(one["StackName"] == stack for one in found)

    def build(self, region: str) -> Run:
        """What stands for Docker: an image is a copy of our packages, known to a region's registry by its digest."""

        def run(command: Any, folder: Path, _text: str | None) -> None:
            if "--tag" not in command:
                return
            address = command[command.index("--tag") + 1]
            recipe = RECIPES[address.rpartition(":")[0].rpartition("/")[2]]
            repository, _, tag = address.partition("/")[2].rpartition(":")
            manifest = json.dumps(
                {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "program": address}
            )
            answer = self.clients(region)("ecr").put_image(
                repositoryName=repository, imageManifest=manifest, imageTag=tag
            )
            digest = answer["image"]["imageId"]["imageDigest"]
            self._remember(f"{address.rpartition(':')[0]}@{digest}", recipe, folder, tag)

        return run

    def _remember(self, address: str, recipe: Recipe, root: Path, tag: str) -> None:
        # A copy, as an image is one: what a version runs does not change with the checkout.
        layers = self._folder / "images" / f"{recipe.program}-{tag}"
        for package in recipe.packages:
            shutil.rmtree(layers / package, ignore_errors=True)
            shutil.copytree(root / package, layers / package, ignore=shutil.ignore_patterns("__pycache__"))
        known = json.loads(self.images.read_text(encoding="utf-8"))
        own = Path(sys.executable).parent
        entry = {
            "command": [sys.executable, "-m", recipe.program],
            "arguments": ["run"] if recipe.program == "executor" else [],
            "environment": {
                "PATH": f"{own}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
                "PYTHONPATH": str(layers),
            },
            "working_dir": str(self._folder),
        }
        fresh = self.images.with_suffix(".new")
        fresh.write_text(json.dumps({**known, address: entry}, indent=2), encoding="utf-8")
        fresh.replace(self.images)

    def _known(self) -> dict[str, Any]:
        return _read(self._note)

    def _noted(self) -> dict[str, Any]:
        return _read(self._environments)

    def _server(self, name: str, *words: str) -> dict[str, Any]:
        log = self._folder / f"{name}.log"
        data = self._folder / name
        with log.open("wb") as out:
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, "-m", _MODULES[name], "--data-dir", str(data), *words],
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        until_s = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until_s and process.poll() is None:
            for line in log.read_text(errors="replace").splitlines():
                if line.startswith('{"ready"'):
                    return {"pid": process.pid, "endpoint": json.loads(line)["endpoint"]}
            time.sleep(_LOOK_S)
        _end(process.pid)
        raise CommandError(
            f"the local {name} did not start; its last words:\n{log.read_text(errors='replace')[-2000:]}"
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGTERM)
        until_s = time.monotonic() + ENDS_WITHIN_S
        while _runs(pid) and time.monotonic() < until_s:
            _reap(pid)
            time.sleep(_LOOK_S)
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)  # where it is a child of this very process
    except ChildProcessError:
        return
