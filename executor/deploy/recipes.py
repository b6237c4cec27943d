"""What each image is made of, and the name that its content gives it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PLATFORMS: Final = {"ARM64": "linux/arm64", "X86_64": "linux/amd64"}
"""What Docker calls the processors that ECS knows by these names."""
_FOR_ALL: Final = (".ci/setup.py", "pyproject.toml", "uv.lock", "infra/smoke.py")
_LEFT_OUT: Final = "__pycache__"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one image is built.

    Attributes:
        program: whose Dockerfile it is, ``infra/<program>.Dockerfile``.
        packages: the folders of ours that it holds.
        arguments: of the build, besides the processor.
    """

    program: str
    packages: tuple[str, ...]
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def dockerfile(self) -> str:
        """The Dockerfile, below the project's folder."""
        return f"infra/{self.program}.Dockerfile"


RECIPES: Final = {
    "executor": Recipe("executor", ("contract", "sql", "executor")),
    "runner": Recipe("runner", ("contract", "runner")),
    "documents": Recipe(
        "runner", ("contract", "runner"), {"EXTRAS": "--extra runner --extra documents", "WITHOUT": ""}
    ),
}
"""Every image, by the name of its repository."""


def tag_of(recipe: Recipe, root: Path, architecture: str) -> str:
    """The image's tag: its processor, and 16 hex digits of the SHA-256 of all that goes into it.

    Args:
        recipe: of the image.
        root: the project's folder.
        architecture: ``ARM64`` or ``X86_64``.
    """
    digest = hashlib.sha256()
    for name, content in sorted(_ingredients(recipe, root)):
        digest.update(f"{name} {len(content)}\n".encode() + content)
    for name, value in sorted(recipe.arguments.items()):
        digest.update(f"{name}={value}\n".encode())
    return f"{architecture.lower()}-{digest.hexdigest()[:16]}"


def build_command(recipe: Recipe, address: str, architecture: str, base: str | None = None) -> list[str]:
    """The command that builds an image for one named platform and pushes it; run in the project's folder.

    Args:
        recipe: of the image.
        address: repository and tag.
        architecture: ``ARM64`` or ``X86_64``.
        base: another base image, as from a mirror; None takes the Dockerfile's.
    """
    arguments = {"ARCHITECTURE": architecture, **recipe.arguments, **({"BASE": base} if base else {})}
    words = ["docker", "buildx", "build", "--platform", PLATFORMS[architecture], "--file", recipe.dockerfile]
    for name, value in arguments.items():
        words += ["--build-arg", f"{name}={value}"]
    # Without an attestation beside it the digest is that of the image itself.
    return [*words, "--provenance=false", "--tag", address, "--push", "."]


def _ingredients(recipe: Recipe, root: Path) -> Iterator[tuple[str, bytes]]:
    for name in (*_FOR_ALL, recipe.dockerfile):
        yield name, (root / name).read_bytes()
    for package in recipe.packages:
        for path in (root / package).rglob("*"):
            if path.is_file() and _LEFT_OUT not in path.parts and path.suffix != ".pyc":
                yield path.relative_to(root).as_posix(), path.read_bytes()
