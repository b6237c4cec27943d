"""``compare``: what differs between two deployments."""

import json
import secrets
from pathlib import Path
from typing import Annotated

import typer

from doctor.compare.compare import compare as compared_
from doctor.compare.words import as_data, lines
from executor.cli.errors import Exit
from executor.cli.explain import saved


def compare(
    old: Annotated[Path, typer.Argument(help="File, folder or archive with the one that works, or the older.")],
    new: Annotated[Path, typer.Argument(help="The other.")],
    *,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what differs between two task definitions, services or templates, grouped by what it can cause.

    Exit code 0 when nothing differs but account and region, 1 when something does, 2 when one cannot be read. A secret
    is shown as a fingerprint, which is the same on both sides where the secret is.
    """
    found = compared_(saved(old), saved(new), secrets.token_bytes(16))
    typer.echo(json.dumps(as_data(found), indent=2, ensure_ascii=False) if json_ else "\n".join(lines(found)))
    if not found.same:
        raise typer.Exit(Exit.FAILED)
