"""An image's digest as a registry gives it: of its manifest; moto draws one of a hundred, and two images may be one."""

import hashlib
from typing import Any

import moto.ecr.models


def _of_manifest(image: Any) -> None:
    image._image_digest = f"sha256:{hashlib.sha256(image.image_manifest.encode()).hexdigest()}"  # noqa: SLF001 - the seam itself


def name_images_by_manifest() -> None:
    """Let ECR name each image by the SHA-256 of its manifest (OCI distribution specification, "Digest")."""
    moto.ecr.models.Image._create_digest = _of_manifest  # type: ignore[method-assign, assignment]  # noqa: SLF001 - the seam itself
