"""The theories about images: a reference that can be pulled and stays the same, and the right processor."""

import re
from collections.abc import Iterator
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.offline.documents import Definition, Documents, known, part, text
from doctor.offline.frame import FileCheck

ECR: Final = re.compile(r"^(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/")
_REFERENCE: Final = re.compile(
    r"^(?:[A-Za-z0-9.-]+(?::\d+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?$"
)
_ARCHITECTURES: Final = {"X86_64": "amd64", "ARM64": "arm64"}
_FAMILIES: Final = re.compile(r"^(LINUX|WINDOWS_SERVER_(20\d\d|20H2)_(CORE|FULL))$")
_OF_ARM: Final = re.compile(r"(?:^|/)arm64v8/|[-_.:](?:arm64|aarch64)(?:v8)?(?:$|[-_.@])", re.IGNORECASE)
_OF_INTEL: Final = re.compile(r"(?:^|/)amd64/|[-_.:](?:amd64|x86[-_]64)(?:$|[-_.@])", re.IGNORECASE)
_PLATFORM: Final = re.compile(r"^\s*FROM\s+--platform=(?:linux/)?(\w+)", re.IGNORECASE | re.MULTILINE)
_FROM: Final = re.compile(r"^\s*FROM\s", re.IGNORECASE | re.MULTILINE)


def _look(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        for entry in definition.containers:
            image = text(entry.get("image"))
            if known(image):
                yield from _of_image(definition, definition.at(entry), image)


def _of_image(definition: Definition, where: str, image: str) -> Iterator[Fault]:
    if not image:
        yield Fault(f"{where}: no image", "Name it.")
        return
    if "://" in image or not _REFERENCE.match(image):
        says = f"{where}: `{image}` is no reference of an image"
        yield Fault(says, "registry/name:tag or registry/name@sha256:…, in small letters, without https://.")
        return
    name, digest = image.partition("@")[::2]
    tag = name.rpartition(":")[2] if ":" in name.rsplit("/", 1)[-1] else ""
    if not digest and tag in {"", "latest"}:
        says = f"{where}: `{image}` is whatever was pushed last"
        yield Fault(says, "Name a tag that never moves, or the digest.", Severity.WARNING)
    found = ECR.match(image)
    if found and definition.region and found["region"] != definition.region:
        says = f"{where}: the image is in {found['region']}, the task in {definition.region}"
        yield Fault(says, "Push it there, or replicate it: each start pulls it across.", Severity.WARNING)


def _platform(documents: Documents) -> Iterator[Fault]:
    for definition in documents.definitions:
        platform = part(definition.data, "runtimePlatform")
        wanted, family = text(platform.get("cpuArchitecture") or "X86_64"), platform.get("operatingSystemFamily")
        if family and known(family) and not _FAMILIES.match(text(family)):
            yield Fault(f"{definition.where}: operatingSystemFamily {family} is none", "Take LINUX.")
        if not known(wanted):
            continue
        if wanted not in _ARCHITECTURES:
            says = f"{definition.where}: cpuArchitecture {wanted} is none"
            yield Fault(says, f"There are {' and '.join(_ARCHITECTURES)}.")
            continue
        yield from _of_architecture(documents, definition, wanted)


def _of_architecture(documents: Documents, definition: Definition, wanted: str) -> Iterator[Fault]:
    remedy = f"docker buildx build --platform linux/{_ARCHITECTURES[wanted]} …, or set runtimePlatform.cpuArchitecture."
    for entry in definition.containers:
        where, image = definition.at(entry), text(entry.get("image"))
        says = {"X86_64": _OF_ARM, "ARM64": _OF_INTEL}[wanted].search(image)
        if known(image) and says:
            yield Fault(f"{where}: `{image}` is for another processor than {wanted}", remedy)
        built = documents.built(definition, entry)
        dockerfile = next((one for one in documents.dockerfiles if one.built is built), None)
        pinned = _last_platform(dockerfile.text) if dockerfile else ""
        if dockerfile and pinned and pinned != _ARCHITECTURES[wanted]:
            message = f"{where}: {dockerfile.where} is built for {pinned}, the task runs on {wanted}"
            yield Fault(message, remedy)


def _last_platform(dockerfile: str) -> str:
    last = list(_FROM.finditer(dockerfile))[-1].start()
    found = _PLATFORM.match(dockerfile, last)
    return {"aarch64": "arm64", "x86_64": "amd64"}.get(found[1].lower(), found[1].lower()) if found else ""


IMAGES: Final = FileCheck(
    "image_reference",
    "Every image is named so that it can be pulled, stays the same, and lies in the task's region",
    Severity.ERROR,
    ("definitions",),
    "What cannot be pulled starts no task; a tag that moves makes tomorrow's tasks others than those tested.",
    _look,
)
PLATFORM: Final = FileCheck(
    "platform",
    "Every image is for the processor that its task definition names",
    Severity.ERROR,
    ("definitions",),
    "An image built on an arm64 laptop ends with exec format error on X86_64, which is what a task gets that says"
    " nothing.",
    _platform,
)
