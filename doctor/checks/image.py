"""The check of the image: it is there, fits the task's architecture, and is not too large to start quickly."""

import json
from collections.abc import Iterator
from typing import Any, Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import CannotLookError, NotAskedError, Place, RefusedError
from doctor.checks.registry import EcrImage, named_in
from doctor.checks.tasks_of_aws import described, named

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
    reads = ("ecs:DescribeTaskDefinition", "ecr:DescribeImages", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    theory = (
        "An image built on an arm64 laptop does not start on amd64 (exec format error), and each start pulls it whole:"
        " a large one makes every report late."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask ECR for size and manifest, and where the manifest does not say it, the image for its processor."""
        found: list[Fault] = []
        unread: list[CannotLookError] = []
        asked = False
        for name in named(place):
            definition = described(place, name)
            for entry in definition["containerDefinitions"]:
                image = named_in(str(entry["image"]))
                if entry["name"] != place.settings.container or image is None:
                    continue
                asked = True
                try:
                    found += _of_image(place, name, definition, image)
                except CannotLookError as error:
                    unread.append(error)
        if not asked:
            raise NotAskedError("the image is in no ECR repository")
        if unread and not found:
            raise unread[0]
        return found


def _of_image(place: Place, name: str, definition: dict[str, Any], image: EcrImage) -> list[Fault]:
    own = {"imageDigest": image.digest} if image.digest else {"imageTag": image.tag}
    where = {"registryId": image.account, "repositoryName": image.name}
    says = f"{name}: image {image.says}"
    if image.region != place.region:
        remedy = "Push it there, or replicate it."
        return [Fault(f"{says} is in {image.region}, tasks run in {place.region}", remedy)]
    try:
        detail = place.aws("ecr", "describe_images", **where, imageIds=[own])["imageDetails"][0]
        manifest = _manifest(place, where, own)
    except RefusedError as error:
        return [Fault(f"{says}: {error.code}", "Push it, or correct the tag in the task definition.")]
    wanted = _ARCHITECTURES[(definition.get("runtimePlatform") or {}).get("cpuArchitecture") or "X86_64"]
    variants = dict(_variants(manifest))
    one = _manifest(place, where, {"imageDigest": variants[wanted]}) if wanted in variants else manifest
    found = _too_large(says, max(int(detail.get("imageSizeInBytes") or 0), _layers(one)))
    there = set(variants) or _of_one(place, where, manifest, found)
    if there and wanted not in there:
        remedy = f"docker buildx build --platform linux/{wanted} …, or set runtimePlatform."
        found.append(Fault(f"{says} is for {', '.join(sorted(there))}, the task definition wants {wanted}", remedy))
    return found


def _manifest(place: Place, where: dict[str, str], own: dict[str, str]) -> dict[str, Any]:
    images = place.aws("ecr", "batch_get_image", **where, imageIds=[own], acceptedMediaTypes=list(_KINDS))["images"]
    try:
        data = json.loads(str(images[0].get("imageManifest") or "")) if images else {}
    except ValueError:
        data = {}
    return data if isinstance(data, dict) else {}


def _variants(manifest: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Architecture and digest of each image that an index lists; what is unknown is a paper about an image."""
    for one in manifest.get("manifests") or []:
        architecture = str((one.get("platform") or {}).get("architecture") or "unknown")
        if architecture != "unknown":
            yield architecture, str(one.get("digest") or "")


def _layers(manifest: dict[str, Any]) -> int:
    """Compressed bytes of all layers, which is what a start pulls."""
    return sum(int(one.get("size") or 0) for one in manifest.get("layers") or [])


def _too_large(says: str, size: int) -> list[Fault]:
    if size <= _LARGE_BYTES:
        return []
    severity = Severity.ERROR if size > _TOO_LARGE_BYTES else Severity.WARNING
    return [Fault(f"{says} has {size / 1e6:,.0f} MB", "Build in stages, with the runner's extra alone.", severity)]


def _of_one(place: Place, where: dict[str, str], manifest: dict[str, Any], found: list[Fault]) -> set[str]:
    """For what processor the only image is: its configuration says so, which is a file of its own."""
    digest = str((manifest.get("config") or {}).get("digest") or "")
    if not digest:
        return set()
    try:
        url = place.aws("ecr", "get_download_url_for_layer", **where, layerDigest=digest)["downloadUrl"]
        told = json.loads(place.fetch(str(url)))
    except (RefusedError, ValueError) as error:
        if found:
            return set()
        raise CannotLookError(f"the image's configuration {digest} cannot be read: {error}") from error
    except CannotLookError:
        if found:
            return set()
        raise
    return {str(told["architecture"])} if told.get("architecture") else set()
