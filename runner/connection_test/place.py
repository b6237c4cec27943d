"""Where Snowflake is by the connector's arguments, and how a connection to it is opened: directly, or by a proxy."""

import base64
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from snowflake.connector.util_text import construct_hostname

from runner.connection_test.step import BrokenError

_LONGEST_ANSWER: Final = 65_536


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy's host and port, and what lets one through where it asks who comes: the header's value, never shown."""

    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A host and its port; ``secure`` when TLS is spoken there, ``proxy`` through which one goes there."""

    host: str
    port: int
    secure: bool
    proxy: Proxy | None = None

    @property
    def first(self) -> tuple[str, int]:
        """The host and port that this machine itself connects to."""
        by = self.proxy or self
        return by.host, by.port

    def __str__(self) -> str:
        """The place for a person."""
        by = f" by the proxy {self.proxy.host}:{self.proxy.port}" if self.proxy else ""
        return f"{self.host}:{self.port}{by}"


def place_of(arguments: Mapping[str, Any]) -> Place:
    """Where these arguments of the connector lead."""
    host = str(arguments.get("host") or construct_hostname(arguments.get("region"), str(arguments["account"])))
    secure = str(arguments.get("protocol") or "https").lower() != "http"
    port = int(arguments.get("port") or (443 if secure else 80))
    return Place(host, port, secure, proxy_to(host, "https" if secure else "http"))


def proxy_to(host: str, scheme: str) -> Proxy | None:
    """The proxy that the environment names for a host, if any (HTTPS_PROXY, HTTP_PROXY, NO_PROXY).

    Raises:
        BrokenError: its address cannot be read; it is not shown, because a password may stand in it.
    """
    url = getproxies().get(scheme)
    if not url or proxy_bypass(host):
        return None
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        proxy = Proxy(parts.hostname or "", parts.port or 80, _basic(parts))
    except ValueError:
        proxy = None
    if proxy is None or not proxy.host:
        raise BrokenError(
            f"the address of the {scheme} proxy cannot be read",
            f"write {scheme.upper()}_PROXY as http://user:password@host:port, where / @ : # ? % of a user or password "
            "stand as %2F %40 %3A %23 %3F %25",
        )
    return proxy


def _basic(parts: SplitResult) -> str | None:
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def opened(place: Place, timeout_s: float) -> socket.socket:
    """A connection to a place, through the proxy where there is one.

    Raises:
        OSError: it cannot be opened, or the proxy refuses.
    """
    raw = socket.create_connection(place.first, timeout=timeout_s)
    if place.proxy is None or not place.secure:
        return raw
    try:
        raw.sendall(_asking_through(place, place.proxy))
        head = b""
        while b"\r\n\r\n" not in head and len(head) < _LONGEST_ANSWER and (more := raw.recv(4096)):
            head += more
    except OSError:
        raw.close()
        raise
    status = head.split(b"\r\n", 1)[0].decode(errors="replace")
    if " 200" not in status:
        raw.close()
        raise ConnectionRefusedError(f"the proxy answers {status or 'nothing'!r}")
    return raw


def _asking_through(place: Place, proxy: Proxy) -> bytes:
    lines = [f"CONNECT {place.host}:{place.port} HTTP/1.1", f"Host: {place.host}:{place.port}"]
    if proxy.authorization is not None:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    return "\r\n".join([*lines, "", ""]).encode()
