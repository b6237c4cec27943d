"""``url``: links to a report's files, good for a while and for anybody who has them."""

from typing import Annotated, Any

import typer

from executor.cli.client import as_json, connected
from executor.cli.errors import CommandError
from executor.cli.jobs import Json


def url(
    job_id: Annotated[str, typer.Argument(metavar="JOB")],
    file: Annotated[str | None, typer.Option("--file", help="Only this file's link, and nothing else.")] = None,
    expires_s: Annotated[int, typer.Option("--expires", help="Seconds for which links work.", min=1, max=3600)] = 3600,
    *,
    json_: Json = False,
) -> None:
    """Print links to a report's files; each works without signing in until it expires."""
    with connected() as client:
        answer: dict[str, Any] = client.call("call_report_url", job_id=job_id, expires_s=expires_s)
    found = [one for one in answer["files"] if file in {None, one["name"]}]
    if not found and file is not None:
        there = ", ".join(one["name"] for one in answer["files"])
        raise CommandError(f"{answer['job_id']} has no file {file}; it has {there}")
    if json_:
        typer.echo(as_json(answer | {"files": found}))
    elif file is not None:
        typer.echo(found[0]["url"])
    else:
        for one in found:
            typer.echo(f"{one['name']} ({one['bytes']} bytes)\n  {one['url']}")
