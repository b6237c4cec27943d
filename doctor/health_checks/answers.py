"""Programs that ask over the network: ``curl``, ``wget``, ``nc`` and the clients of databases."""

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from doctor.health_checks.worlds import ANY, NOTHING, End, Line, Lines, Service

if TYPE_CHECKING:
    from doctor.health_checks.play import Player

_LOCAL: Final = re.compile(r"^(localhost(\.localdomain)?|127(\.\d+){3}|0\.0\.0\.0|::1|\[::1\]|ip6-localhost|0|)$")
_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_CURL_VALUES: Final = frozenset("owmHXdAuebcKzTQEyYCtPDrFU")
_CURL_LONG: Final = frozenset({
    "--cacert", "--cert", "--connect-timeout", "--data", "--header", "--interface", "--key", "--max-time",
    "--noproxy", "--output", "--proxy", "--range", "--request", "--resolve", "--retry", "--retry-delay",
    "--retry-max-time", "--unix-socket", "--url", "--user", "--user-agent", "--write-out",
})  # fmt: skip
_WGET_VALUES: Final = frozenset("OTtUoPeaw")
_WGET_LONG: Final = frozenset({
    "--ca-certificate", "--connect-timeout", "--header", "--output-document", "--output-file", "--password",
    "--post-data", "--read-timeout", "--timeout", "--tries", "--user", "--user-agent", "--wait", "--waitretry",
})  # fmt: skip
_NETCAT_VALUES: Final = frozenset("GIOPTVXimopqsw")
_CLIENTS: Final = frozenset({
    "amqp-declare-queue", "clickhouse-client", "grpc-health-probe", "grpc_health_probe",
    "kafka-broker-api-versions.sh", "kafka-topics.sh", "mariadb-admin", "mongo", "mongosh", "mysql", "mysqladmin",
    "pg_isready", "psql", "rabbitmq-diagnostics", "rabbitmqctl", "redis-cli", "valkey-cli",
})  # fmt: skip
_LOOKUPS: Final = frozenset({"nslookup", "dig", "host", "getent", "ping", "ping6", "traceroute"})


def knows(name: str) -> bool:
    """Whether a program is one of the family."""
    return (
        name
        in {"curl", "wget", "nc", "ncat", "netcat", "telnet", "http", "https", "ss", "netstat", "lsof"}
        | _CLIENTS
        | _LOOKUPS
    )


def ends(player: "Player", name: str, args: list[str | None], stdin: Lines) -> set[End]:
    """The ends of a program that asks over the network."""
    del stdin
    match name:
        case "curl" | "http" | "https":
            return _curl(player, args)
        case "wget":
            return _wget(player, args)
        case "nc" | "ncat" | "netcat" | "telnet":
            return _netcat(player, args)
        case "ss" | "netstat" | "lsof":
            return _sockets(player, args)
        case _ if name in _LOOKUPS:
            return _lookup(player, args)
        case _:
            return _client(player, name, args)


def asked(player: "Player", url: str | None, *, errors_fail: bool, status: int = 22) -> set[End]:
    """What a request to an address can end with: answered, answered with an error, or nobody there."""
    if url is None:
        player.world.note("asks_http", "an address that is not known here")
        return _answered(
            player, reached=player.world.service is not Service.GONE, errors_fail=errors_fail, status=status
        )
    parts = urlsplit(url if "://" in url else f"http://{url}")
    if re.search(r"[$\s{}|]", parts.netloc) or not _port_ok(parts.netloc):
        player.world.note("bad_address", url)
        return {End(3)}
    port = parts.port or _PORTS.get(parts.scheme, 80)
    if not is_own(player, parts.hostname or ""):
        player.world.note("tests_dependency", parts.hostname or url)
        return {End(0, ANY), End(7, NOTHING)}
    player.world.note("asks_http", f"port {port}", parts.path or "/")
    return _answered(player, reached=player.world.reached(port), errors_fail=errors_fail, status=status)


def connected(player: "Player", host: str | None, port: int | None) -> set[End]:
    """What opening a connection can end with."""
    if host is None:
        return {End(0), End(1)}
    if not is_own(player, host):
        player.world.note("tests_dependency", host)
        return {End(0), End(1)}
    player.world.note("asks_port", str(port or "a port"))
    return {End(int(not player.world.reached(port)))}


def is_own(player: "Player", host: str) -> bool:
    """Whether a host name means this container."""
    return _LOCAL.match(host) is not None or host in player.world.setting.hosts


def _answered(player: "Player", *, reached: bool, errors_fail: bool, status: int) -> set[End]:
    if not reached:
        return {End(7 if status == 22 else 4, NOTHING)}
    if player.world.service is Service.FAILING:
        if errors_fail:
            return {End(status, NOTHING)}
        if not player.heeded:
            player.world.note("http_errors_ignored")
    return {End(0, ANY)}


def _port_ok(netloc: str) -> bool:
    tail = netloc.rpartition("]")[2].rpartition(":")
    return not tail[1] or tail[2].isdigit() or not tail[2]


def _curl(player: "Player", args: list[str | None]) -> set[End]:
    urls: list[str | None] = []
    flags: set[str] = set()
    writes = ""
    words = iter(args)
    for word in words:
        if word is None or not word.startswith("-") or word == "-":
            urls.append(word)
        elif word.startswith("--"):
            flags.add(word)
            if word in _CURL_LONG:
                value = next(words, None)
                urls += [value] if word == "--url" else []
                writes = value or "" if word == "--write-out" else writes
        else:
            letters = _cluster(word[1:], _CURL_VALUES)
            flags |= set(letters)
            if letters[-1] in _CURL_VALUES and word.endswith(letters[-1]):
                value = next(words, None)
                writes = value or "" if letters[-1] == "w" else writes
    if not urls:
        player.world.note("no_address", "curl")
        return {End(2)}
    if len(urls) > 1 and None not in urls and {"||", "exit"} & set(urls):
        return {End(6)}
    errors_fail = bool(flags & {"f", "--fail", "--fail-with-body"})
    found = asked(player, urls[0], errors_fail=errors_fail)
    if writes == "%http_code%" and (flags & {"s", "--silent"}) and (flags & {"o", "--output"}):
        code = {Service.WELL: "200", Service.FAILING: "500"}.get(player.world.service)
        player.world.events = {event for event in player.world.events if event.kind != "http_errors_ignored"}
        return {
            End(end.status, (Line(code if end.status == 0 else "000"),) if code or end.status else ANY) for end in found
        }
    if not errors_fail and not flags & {"o", "--output", "O"}:
        return {End(end.status, ANY) for end in found}
    return found


def _cluster(letters: str, valued: frozenset[str]) -> str:
    """The letters of ``-fsSo/dev/null`` up to and with the first that takes a value."""
    for at, letter in enumerate(letters):
        if letter in valued:
            return letters[: at + 1]
    return letters


def _wget(player: "Player", args: list[str | None]) -> set[End]:
    urls: list[str | None] = []
    words = iter(args)
    for word in words:
        if word is None or not word.startswith("-") or word == "-":
            urls.append(word)
        elif word in _WGET_LONG:
            next(words, None)
        elif not word.startswith("--"):
            letters = _cluster(word[1:], _WGET_VALUES)
            if letters and letters[-1] in _WGET_VALUES and word.endswith(letters[-1]):
                next(words, None)
    urls = [url for url in urls if url != "-"]
    if not urls:
        player.world.note("no_address", "wget")
        return {End(1)}
    return asked(player, urls[0], errors_fail=True, status=8)


def _netcat(player: "Player", args: list[str | None]) -> set[End]:
    words: list[str | None] = []
    given = iter(args)
    for arg in given:
        if arg is None or not arg.startswith("-"):
            words.append(arg)
        elif arg[-1] in _NETCAT_VALUES and _cluster(arg[1:], _NETCAT_VALUES) == arg[1:]:
            next(given, None)
    host = words[0] if words else None
    port = words[1] if len(words) > 1 else None
    return connected(player, host, int(port) if port and port.isdigit() else None)


def _sockets(player: "Player", args: list[str | None]) -> set[End]:
    """``ss`` and ``netstat`` end with 0 whatever they list; ``lsof -i`` does not."""
    if any(arg and arg.startswith("-i") for arg in args):
        port = next((re.findall(r"\d+", arg) for arg in args if arg and ":" in arg), [])
        player.world.note("asks_port", port[0] if port else "a port")
        return {End(int(not player.world.reached(int(port[0]) if port else None)), ANY)}
    player.world.note("asks_port", "in the list of open ports")
    return {End(0, ANY if player.world.service is not Service.GONE else NOTHING)}


def _lookup(player: "Player", args: list[str | None]) -> set[End]:
    host = next((arg for arg in args[::-1] if arg and not arg.startswith("-")), None)
    if host is not None and is_own(player, host):
        return {End(0, ANY)}
    player.world.note("tests_dependency", host or "a host")
    return {End(0, ANY), End(1, NOTHING)}


def _client(player: "Player", name: str, args: list[str | None]) -> set[End]:
    host: str | None = "localhost"
    for flag, value in zip(args, [*args[1:], None], strict=True):
        if flag in {"-h", "--host"}:
            host = value
        elif flag and flag.startswith(("--host=", "-addr=", "--addr=")):
            host = flag.partition("=")[2].rsplit(":", 1)[0]
    if host is not None and not is_own(player, host):
        player.world.note("tests_dependency", host)
        return {End(0, ANY), End(1, NOTHING)}
    player.world.note("asks_client", name)
    return {End(int(player.world.service is Service.GONE), ANY)}
