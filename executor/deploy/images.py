"""Images in the registry: each is built and pushed once for its content, and named by its digest from then on."""

import base64
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import ClientError

from executor.deploy.recipes import PLATFORMS, RECIPES, build_command, tag_of

_SAID: Final = 2_000
"""So many characters of what a command said last are kept for its error."""

Run = Callable[[Sequence[str], Path, str | None], None]
"""Runs a command in a folder, with a text on its standard input; raises :class:`ImageError` when it fails."""


class ImageError(RuntimeError):
    """An image could not be built or pushed; the message says which, why, and what to do."""


@dataclass(frozen=True, slots=True)
class Registry:
    """Where images of one environment go.

    Attributes:
        ecr: client of ECR in the environment's region.
        environment: whose repositories, ``reporting-<environment>/<image>``.
        architecture: ``ARM64`` or ``X86_64``, for which they are built.
        root: the project's folder.
        base: another base image than the Dockerfiles'; None for theirs.
    """

    ecr: Any
    environment: str
    architecture: str
    root: Path
    base: str | None = None


def run(command: Sequence[str], folder: Path, text: str | None) -> None:
    """Run a command, and keep what it says for the error.

    Raises:
        ImageError: there is no such program, or it failed.
    """
    try:
        done = subprocess.run(command, cwd=folder, input=text, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
    except OSError as error:
        raise ImageError(
            f"{command[0]} cannot be run: {error}; images are built with Docker and its buildx: install it, or deploy "
            "where it is"
        ) from error
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip()[-_SAID:]
        raise ImageError(f"{' '.join(command[:3])} ended with {done.returncode}: {said}")


def ensure(registry: Registry, say: Callable[[str], None], do: Run = run) -> dict[str, str]:
    """See that every image is in the registry; answers with each image's address by digest.

    Args:
        registry: where they go.
        say: told each step.
        do: runs commands.

    Raises:
        ImageError: one could not be built or pushed, or its repository is missing.
        ValueError: the processor is none that ECS knows.
    """
    if registry.architecture not in PLATFORMS:
        raise ValueError(f"{registry.architecture!r} is no processor; take one of {', '.join(PLATFORMS)}")
    found = {}
    signed_in = False
    for name, recipe in RECIPES.items():
        repository = f"reporting-{registry.environment}/{name}"
        address, tag = _address(registry.ecr, repository), tag_of(recipe, registry.root, registry.architecture)
        digest = _digest(registry.ecr, repository, tag)
        if digest is None:
            if not signed_in:
                sign_in(registry, address.partition("/")[0], do)
                signed_in = True
            say(f"image {name}: building {tag}")
            do(build_command(recipe, f"{address}:{tag}", registry.architecture, registry.base), registry.root, None)
            digest = _digest(registry.ecr, repository, tag)
            if digest is None:
                raise ImageError(f"{repository}:{tag} was pushed, but ECR does not know it; push again, or look there")
        say(f"image {name}: {tag} is {digest}")
        found[name] = f"{address}@{digest}"
    return found


def sign_in(registry: Registry, host: str, do: Run) -> None:
    """Sign Docker in to the registry; anew each time, because it lasts twelve hours.

    The password goes to standard input, so that it stands in no list of processes.
    """
    told = registry.ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    user, _, password = base64.b64decode(told).decode().partition(":")
    do(["docker", "login", "--username", user, "--password-stdin", host], registry.root, password)


def _address(ecr: Any, repository: str) -> str:
    try:
        return str(ecr.describe_repositories(repositoryNames=[repository])["repositories"][0]["repositoryUri"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "RepositoryNotFoundException":
            raise
        raise ImageError(
            f"there is no repository {repository} in this account and region; the stack makes it: deploy it first, "
            "without images"
        ) from error


def _digest(ecr: Any, repository: str, tag: str) -> str | None:
    try:
        answer = ecr.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
    except ClientError as error:
        if error.response["Error"]["Code"] != "ImageNotFoundException":
            raise
        return None
    return str(answer["imageDetails"][0]["imageDigest"])
