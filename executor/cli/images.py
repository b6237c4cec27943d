"""``deploy images``: what an environment's tasks run, built and pushed."""

import json
from pathlib import Path
from typing import Annotated

import boto3
import typer
from botocore.exceptions import BotoCoreError, ClientError

from executor.cli.errors import CommandError, Exit
from executor.cli.region import region_faults
from executor.cli.with_cause import with_cause
from executor.deploy.images import ImageError, Registry, ensure


def images(
    environment: Annotated[str, typer.Argument(help="Whose images: the Environment of the stack.")],
    *,
    architecture: Annotated[str, typer.Option(help="ARM64 or X86_64, as the stack has it.")] = "ARM64",
    base: Annotated[str | None, typer.Option(help="Another base image, as from a mirror.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the images as JSON, and no steps.")] = False,
) -> None:
    """Build the images and push them to the environment's registry; what is there already stays as it is."""
    root = Path.cwd()
    if not (root / "infra").is_dir():
        raise CommandError(f"{root} is not the project's folder, which images are built from; go there", Exit.USAGE)
    if wrong := region_faults():
        raise CommandError("; ".join(wrong), Exit.USAGE)
    try:
        registry = Registry(boto3.client("ecr"), environment, architecture, root, base)
        found = ensure(registry, (lambda _: None) if as_json else typer.echo)
    except ValueError as error:
        raise CommandError(f"--architecture: {error}", Exit.USAGE) from error
    except ImageError as error:
        raise CommandError(with_cause(str(error))) from error
    except (BotoCoreError, ClientError) as error:
        raise CommandError(f"ECR cannot be asked: {error}; check region and credentials", Exit.UNREACHABLE) from error
    typer.echo(json.dumps(found, indent=2) if as_json else "\n".join(f"{name}: {one}" for name, one in found.items()))
