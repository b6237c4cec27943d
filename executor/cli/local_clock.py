"""``local clock``: what acts by the clock on the local cloud of deployments, and that clock put forward."""

import json
import urllib.error
import urllib.request
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from executor.cli.errors import CommandError, Exit
from executor.cli.jobs import Json

PATH: Final = "/local-cloud/schedules"
TIMEOUT_S: Final = 60.0
HERE: Final = Path(".local/deploy")
_SPANS_S: Final = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}


def clock(
    *,
    by: Annotated[str | None, typer.Option("--by", help="Put it forward by 30m, 2h or 1d.")] = None,
    next_: Annotated[bool, typer.Option("--next", help="Put it forward to what comes next.")] = False,
    folder: Annotated[Path, typer.Option("--local-dir", help="Where local environments keep their cloud.")] = HERE,
    json_: Json = False,
) -> None:
    """Show what acts by the clock in local environments, or put that clock forward; what is due is done at once."""
    if by and next_:
        raise CommandError("--by and --next do not go together: one of them says how far", Exit.USAGE)
    ahead_s = _seconds(by) if by else None
    url = f"{_endpoint(folder)}{PATH}"
    found = _asked(url)
    if next_:
        if not found["next"]:
            raise CommandError("nothing acts by the clock there; reporting hours --env local gives an executor hours")
        to = datetime.fromisoformat(found["next"][0]["at"]) - datetime.fromisoformat(found["now"])
        ahead_s = to.total_seconds() + 1
    if ahead_s is not None:
        found = _asked(url, {"by_s": ahead_s})
    typer.echo(json.dumps(found, indent=2) if json_ else "\n".join(_lines(found)))


def _seconds(text: str) -> float:
    try:
        return float(text[:-1]) * _SPANS_S[text[-1:]]
    except (ValueError, KeyError):
        raise CommandError(f"--by {text}: a span is written 30m, 2h or 1d", Exit.USAGE) from None


def _endpoint(folder: Path) -> str:
    from executor.cli.local_environment import LocalCloud  # noqa: PLC0415 - AWS's client takes most of a second to load

    return LocalCloud(folder).endpoint("aws")


def _asked(url: str, body: dict[str, float] | None = None) -> dict[str, Any]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data), timeout=TIMEOUT_S) as answer:  # noqa: S310 - our own server
            found: dict[str, Any] = json.load(answer)
    except urllib.error.HTTPError as error:
        raise CommandError(f"the local AWS refuses: {json.load(error).get('message')}", Exit.USAGE) from error
    except (OSError, ValueError) as error:
        raise CommandError(f"the local AWS does not answer at {url} ({error})", Exit.UNREACHABLE) from error
    return found


def _lines(found: dict[str, Any]) -> list[str]:
    done = [f"{one['at']}  done  {one['did']}" for one in found["done"]]
    coming = [f"{one['at']}  next  {one['schedule'].rpartition(':')[2]}" for one in found["next"]]
    ahead = f", {found['ahead_s']} s ahead of this machine's" if found["ahead_s"] else ""
    return [*done, f"{found['now']}  now{ahead}", *(coming or ["nothing acts by the clock"])]
