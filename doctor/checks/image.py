"""The check of the image: it is there, fits the task's architecture, and is not too large to start quickly."""

import json
import re
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import NotAskedError, Place, RefusedError
from doctor.checks.tasks_of_aws import described, named

_ECR: Final = re.compile(
    r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?(?:@(?P<digest>sha256:\w+))?$"
)
_ARCHITECTURES: Final = {"X86_64": "amd64", "ARM64": "arm64"}
_LARGE_BYTES: Final = 500_000_000
_TOO_LARGE_BYTES: Final = 5_000_000_000
_KINDS: Final = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


class Image:
    """The image of the report's container."""

    id = "image"
    question = "The image is in the registry, for the task's architecture, and below 500 MB"
    severity = Severity.ERROR
    reads = ("ecs:DescribeTaskDefinition", "ecr:DescribeImages", "ecr:BatchGetImage")
    theory = (
        "An image built on an arm64 laptop does not start on amd64 (exec format error), and each start pulls it whole:"
        " a large one makes every report late."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask ECR for size and manifest."""
        found: list[Fault] = []
        asked = False
        for name in named(place):
            definition = described(place, name)
            for entry in definition["containerDefinitions"]:
                parts = _ECR.match(str(entry["image"]))
                if entry["name"] == place.settings.container and parts is not None:
                    asked = True
                    found += _of_image(place, name, definition, parts.groupdict())
        if not asked:
            raise NotAskedError("the image is in no ECR repository")
        return found


def _of_image(place: Place, name: str, definition: dict[str, Any], parts: dict[str, str | None]) -> list[Fault]:
    own = {"imageDigest": parts["digest"]} if parts["digest"] else {"imageTag": parts["tag"] or "latest"}
    where = {"registryId": parts["account"], "repositoryName": parts["name"], "imageIds": [own]}
    image = f"{name}: image {parts['name']}:{parts['digest'] or parts['tag'] or 'latest'}"
    if parts["region"] != place.region:
        return [
            Fault(f"{image} is in {parts['region']}, tasks run in {place.region}", "Push it there, or replicate it.")
        ]
    try:
        detail = place.aws("ecr", "describe_images", **where)["imageDetails"][0]
        manifests = place.aws("ecr", "batch_get_image", **where, acceptedMediaTypes=list(_KINDS))["images"]
    except RefusedError as error:
        return [Fault(f"{image}: {error.code}", "Push it, or correct the tag in the task definition.")]
    size = int(detail.get("imageSizeInBytes") or 0)
    found: list[Fault] = []
    if size > _LARGE_BYTES:
        severity = Severity.ERROR if size > _TOO_LARGE_BYTES else Severity.WARNING
        says = f"{image} has {size / 1e6:,.0f} MB"
        found.append(Fault(says, "Build in stages, with the runner's extra alone.", severity))
    wanted = _ARCHITECTURES[(definition.get("runtimePlatform") or {}).get("cpuArchitecture") or "X86_64"]
    there = {architecture for one in manifests for architecture in _architectures(str(one.get("imageManifest") or ""))}
    if there and wanted not in there:
        says = f"{image} is for {', '.join(sorted(there))}, the task definition wants {wanted}"
        found.append(Fault(says, f"docker buildx build --platform linux/{wanted} …, or set runtimePlatform."))
    return found


def _architectures(manifest: str) -> set[str]:
    """What an index says; a manifest of one image does not tell."""
    try:
        listed = json.loads(manifest).get("manifests") or []
    except ValueError:
        return set()
    found = {str((one.get("platform") or {}).get("architecture")) for one in listed}
    return found - {"None", "unknown"}
