"""``compare``: what differs between two deployments."""

import json
import os
import secrets
from pathlib import Path
from typing import Annotated

import typer

from doctor.compare.compare import compare as compared_
from doctor.compare.words import as_data, lines
from doctor.evidence.evidence import Evidence
from executor.cli.errors import CommandError, Exit
from executor.cli.explain import saved
from executor.cli.sides import Side, given, side

HERE = Path(".local/deploy")
_SETTINGS = ("REPORTING_", "SNOWFLAKE_", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ENDPOINT_URL")


def compare(
    old: Annotated[str, typer.Argument(help="The one that works, or the older.", metavar="OLD")],
    new: Annotated[str, typer.Argument(help="The other.", metavar="NEW")],
    *,
    profile: Annotated[
        list[str] | None,
        typer.Option("--profile", help="Profile of the AWS SDK; twice for the first and the second."),
    ] = None,
    region: Annotated[
        list[str] | None, typer.Option("--region", help="Region; twice for the first and the second.")
    ] = None,
    values: Annotated[
        bool, typer.Option("--secrets", help="Also read the secrets' values, and compare their fingerprints.")
    ] = False,
    folder: Annotated[Path, typer.Option("--local-dir", help="Where local environments keep their cloud.")] = HERE,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what differs between two deployments, across accounts, regions and profiles.

    Each is a file, folder or archive that was saved (task definitions, services, stacks, templates, .env), or
    task-definition:FAMILY[:REVISION], service:CLUSTER/NAME, stack:NAME, environment:NAME, each with @PROFILE, @REGION
    or @PROFILE/REGION behind it; or settings, those of this environment. Exit code 0 when nothing differs but account
    and region, 1 when something does, 2 when one cannot be read, 3 when AWS cannot be asked. A secret is shown as a
    fingerprint, which is the same on both sides where the secret is.
    """
    profiles, regions = given(profile, "--profile"), given(region, "--region")
    sides = [side(text, *where) for text, where in zip((old, new), zip(profiles, regions, strict=True), strict=True)]
    left, right = (_evidence(one, folder, values=values) for one in sides)
    found = compared_(left, right, secrets.token_bytes(16))
    if not found.comparisons and not (found.only_old or found.only_new):
        raise CommandError(f"{old} and {new}: neither holds anything that can be compared.", Exit.USAGE)
    absent = list(dict.fromkeys([*left.absent, *right.absent]))
    if json_:
        typer.echo(json.dumps(as_data(found) | {"not_compared": absent}, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join([*(f"could not be asked: {line}" for line in absent), *lines(found)]))
    if not found.same:
        raise typer.Exit(Exit.FAILED)


def _evidence(one: Side, folder: Path, *, values: bool) -> Evidence:
    if one.kind == "file":
        return saved(one.path, compared=True)
    if one.kind == "settings":
        return Evidence(settings={name: value for name, value in os.environ.items() if name.startswith(_SETTINGS)})
    from executor.cli.live_side import live  # noqa: PLC0415 - the vendors' clients take a second that files need not wait for

    return live(one, secrets=values, folder=folder)
