"""A health check that measures the service, written for the programs that its image has."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from doctor.health_checks.checks import Check
from doctor.health_checks.containers import argv_of
from doctor.health_checks.worlds import Event, Setting

_HEARTBEAT: Final = "/tmp/heartbeat"  # noqa: S108 -- a name inside somebody's container
_FRESH_S: Final = 60
_SERVERS: Final = {
    "pg_isready": ["CMD", "pg_isready", "-q"],
    "redis-cli": ["CMD", "redis-cli", "ping"],
    "valkey-cli": ["CMD", "valkey-cli", "ping"],
}
_WEB_SERVERS: Final = ("nginx", "httpd")
_TIMING: Final = {"interval": 30, "timeout": 10, "retries": 3, "startPeriod": 60}


@dataclass(frozen=True)
class Better:
    """A check to put in the place of another.

    Attributes:
        health_check: The ``healthCheck`` of a task definition.
        needs: What the service has to do for it; empty when nothing.
    """

    health_check: dict[str, Any]
    needs: str


def better(check: Check, setting: Setting, events: Iterable[Event]) -> Better:
    """A check that can pass and can fail, for this container."""
    port, path = _asked(check, setting, list(events))
    if port is not None:
        return Better({"command": _request(check, setting, port, path), **_timing(check)}, "")
    for program, command in _SERVERS.items():
        if setting.contents.has(program):
            return Better({"command": command, **_timing(check)}, "")
    command, needs = _heartbeat(check, setting)
    return Better({"command": command, **_timing(check)}, needs)


def _timing(check: Check) -> dict[str, int]:
    start_s = max(_TIMING["startPeriod"], min(300, check.start_period_s or 0))
    return _TIMING | {"startPeriod": start_s}


def _asked(check: Check, setting: Setting, events: list[Event]) -> tuple[int | None, str]:
    """The port and path to ask: those of the old check where they can be right, else the container's own port."""
    http = [event for event in events if event.kind == "asks_http" and event.about.startswith("port ")]
    path = next((event.more for event in http if event.more), "/")
    ports = [int(event.about.removeprefix("port ")) for event in http if event.about.removeprefix("port ").isdigit()]
    right = [port for port in ports if not setting.ports or port in setting.ports]
    if right:
        return right[0], path
    own = [*check.ports, *sorted(setting.ports - set(check.ports_beside))]
    if not own and any(setting.contents.has(name) for name in _WEB_SERVERS):
        return 80, path
    return (own[0] if own else None), path


def _request(check: Check, setting: Setting, port: int, path: str) -> list[str]:
    url = f"http://127.0.0.1:{port}{path}"
    has = setting.contents.has
    python = _interpreter(check, setting, "python", "python3")
    if python:
        return ["CMD", python, "-c", f"import urllib.request as r; r.urlopen('{url}', timeout=5)"]
    if has("curl"):
        return ["CMD", "curl", "-fsS", "--max-time", "5", "-o", "/dev/null", url]
    if has("wget"):
        return ["CMD", "wget", "-q", "-T", "5", "-O", "/dev/null", url]
    node = _interpreter(check, setting, "node", "/nodejs/bin/node")
    if node:
        asks = f"fetch('{url}',{{signal:AbortSignal.timeout(5000)}})"
        return ["CMD", node, "-e", f"{asks}.then(a=>process.exit(a.ok?0:1),()=>process.exit(1))"]
    if has("bash"):
        return ["CMD", "bash", "-c", f"</dev/tcp/127.0.0.1/{port}"]
    if has("sh") is not False and not setting.contents.complete:
        return ["CMD-SHELL", f"curl -fsS --max-time 5 -o /dev/null {url} || exit 1"]
    return _subcommand(check, setting)


def _heartbeat(check: Check, setting: Setting) -> tuple[list[str], str]:
    needs = f"the loop that does the work touches {_HEARTBEAT} at least every {_FRESH_S // 4} s"
    python = _interpreter(check, setting, "python", "python3")
    if python:
        code = f"import os,sys,time; sys.exit(time.time()-os.stat('{_HEARTBEAT}').st_mtime>{_FRESH_S})"
        return ["CMD", python, "-c", code], needs
    node = _interpreter(check, setting, "node", "/nodejs/bin/node")
    if node:
        code = f"process.exit(Date.now()-require('fs').statSync('{_HEARTBEAT}').mtimeMs>{_FRESH_S}000?1:0)"
        return ["CMD", node, "-e", code], needs
    if setting.contents.shell is not False:
        return ["CMD-SHELL", f'test -n "$(find {_HEARTBEAT} -mmin -{_FRESH_S // 60})"'], needs
    return _subcommand(check, setting), "the program learns a subcommand `healthcheck` that ends with 0 or 1"


def _subcommand(check: Check, setting: Setting) -> list[str]:
    argv = argv_of(check, setting.contents)
    return ["CMD", argv[0] if argv else "/app", "healthcheck"]


def _interpreter(check: Check, setting: Setting, *names: str) -> str | None:
    """The interpreter's name: as the container's own command starts it, or as the image has it."""
    argv = argv_of(check, setting.contents) or ("",)
    started = argv[0].rsplit("/", 1)[-1]
    if any(started.startswith(name) for name in names):
        return argv[0]
    return next((name for name in names if setting.contents.has(name)), None)
