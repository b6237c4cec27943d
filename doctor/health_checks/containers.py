"""What is known of a container when its health check runs: programs, processes, variables, ports."""

import re
import shlex
from typing import Final

from doctor.health_checks.checks import UNKNOWN_TEXT, Check
from doctor.health_checks.dockerfile import Built
from doctor.health_checks.images import UNKNOWN, Contents, known
from doctor.health_checks.shell import parse
from doctor.health_checks.trees import NotShellError, simple
from doctor.health_checks.worlds import Line, Setting

_SHELLS: Final = frozenset({"sh", "bash", "ash", "dash"})
_STARTERS: Final = {
    "tini": 0,
    "dumb-init": 0,
    "catatonit": 0,
    "su-exec": 1,
    "gosu": 1,
    "exec": 0,
    "env": 0,
    "docker-entrypoint.sh": 0,
}
_PARENTS: Final = frozenset({
    "foreman", "gradle", "honcho", "make", "mvn", "npm", "npx", "pipenv", "pm2", "pm2-runtime", "pnpm", "poetry",
    "s6-svscan", "supervisord", "uv", "yarn",
})  # fmt: skip
_RENAMERS: Final = frozenset({
    "celery", "gunicorn", "nginx", "php-fpm", "postgres", "puma", "redis-server", "sshd", "unicorn", "uwsgi",
})  # fmt: skip
# DB_PORT and REDIS_PORT are others' ports.
_OWN_PORT: Final = re.compile(
    r"((HTTP|HTTPS|WEB|APP|SERVER|SERVICE|LISTEN|LISTENING|API|GRPC|NODE|UVICORN|FLASK_RUN|HEALTH|MANAGEMENT|METRICS)_)?PORT"
)
_PORT_FLAG: Final = re.compile(
    r"(?:^|\s)(?:--port|--http-port|--listen-port|--server\.port|-p)[= ](\d{2,5})\b"
    r"|(?:--bind|-b|--listen|--host-port|--address)[= ]?\S*?:(\d{2,5})\b"
    r"|http\.server (\d{2,5})\b"
)


def contents_of(check: Check, built: Built | None) -> Contents:
    """The programs of the container's image: from its Dockerfile, or by the image's name."""
    if built is not None:
        return built.contents
    found = known(check.image) if UNKNOWN_TEXT not in check.image else None
    if found is not None:
        return found
    argv = argv_of(check, UNKNOWN) or ()
    interpreter = argv[0].rsplit("/", 1)[-1] if argv else ""
    sure = {interpreter} if re.fullmatch(r"(python|python3|node|java|ruby|php|bash)", interpreter) else set()
    name = f"`{check.image}`" if check.image and UNKNOWN_TEXT not in check.image else "its image"
    return Contents(frozenset(sure), complete=False, named=f"{name}, whose contents are not known here")


def argv_of(check: Check, contents: Contents) -> tuple[str, ...] | None:
    """What the container runs; None when only the image knows."""
    if check.entry_point is not None:
        return (*check.entry_point, *(check.arguments or ()))
    entry = contents.entry_point or ()
    if check.arguments is not None:
        return (*entry, *check.arguments)
    return (*entry, *contents.command) if contents.command else None


def setting_of(check: Check, built: Built | None, contents: Contents) -> Setting:
    """Everything around a check that does not change while it runs."""
    argv = argv_of(check, contents)
    if argv is not None and any(UNKNOWN_TEXT in word for word in argv):
        argv = None
    environment: dict[str, str | None] = {**(built.environment if built else {}), **check.environment}
    mentioned = _ports_of_command(argv)
    values = (value for name, value in environment.items() if _OWN_PORT.fullmatch(name))
    named = {int(value) for value in values if value and value.isdigit()}
    mapped = {*check.ports, *check.ports_beside, *(built.ports if built else ())}
    own = {*check.ports, *(built.ports if built else ()), *mentioned, *named}
    known = own | {*check.ports_beside} if own and not check.silent_beside else set()
    return Setting(
        contents=contents,
        processes=(*processes_of(argv), *((Line(None, service=True),) if check.shared_processes else ())),
        environment=environment,
        environment_known=contents.complete and built is not None and check.every_variable,
        ports=frozenset(known),
        template_names=check.template_names,
        ports_told=bool(mentioned or named),
        ports_sure=bool(mentioned) and not check.ports_beside and mapped <= mentioned | named,
        timeout_s=check.timeout_s,
    )


def processes_of(argv: tuple[str, ...] | None) -> tuple[Line, ...]:
    """The process list that a command makes; a line without a text stands for processes that only a run would show."""
    if not argv:
        return (Line(None, service=True),)
    name = argv[0].rsplit("/", 1)[-1]
    own = Line(" ".join(argv), service=True, name=name)
    if name in _SHELLS and len(argv) > 2 and argv[1].startswith("-") and "c" in argv[1]:
        return _of_shell(argv[2], own)
    if name in _STARTERS:
        rest = list(argv[1:])
        while rest and (rest[0].startswith("-") or (name == "env" and "=" in rest[0])):
            rest.pop(0)
        inner = processes_of(tuple(rest[_STARTERS[name] :]))
        return (own, *inner) if name in {"tini", "dumb-init", "catatonit"} else inner
    if name.endswith(".sh") or (name in _SHELLS and len(argv) > 1) or name in _PARENTS | _RENAMERS:
        return (own, Line(None, service=True))
    return (own,)


def _of_shell(text: str, own: Line) -> tuple[Line, ...]:
    try:
        tree = parse(text)
        words = shlex.split(re.split(r"&&|;|\n", text)[-1].strip().removeprefix("exec "))
    except (NotShellError, ValueError):
        return (own, Line(None, service=True))
    if any("$" in word for word in words):
        return (own, Line(None, service=True))
    inner = processes_of(tuple(words))
    return inner if simple(tree) else (own, *inner)


def _ports_of_command(argv: tuple[str, ...] | None) -> set[int]:
    found = _PORT_FLAG.findall(" ".join(argv)) if argv else []
    return {int(port) for groups in found for port in groups if port}
