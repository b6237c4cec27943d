"""Where Snowflake is by the connector's arguments, and how a connection to it is opened: directly, or by a proxy."""

import socket
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from snowflake.connector.util_text import construct_hostname

_LONGEST_ANSWER: Final = 65_536


@dataclass(frozen=True, slots=True)
class Place:
    """A host and its port; ``secure`` when TLS is spoken there, ``proxy`` through which one goes there."""

    host: str
    port: int
    secure: bool
    proxy: tuple[str, int] | None = None

    @property
    def first(self) -> tuple[str, int]:
        """The host and port that this machine itself connects to."""
        return self.proxy or (self.host, self.port)

    def __str__(self) -> str:
        """The place for a person."""
        by = f" by the proxy {self.proxy[0]}:{self.proxy[1]}" if self.proxy else ""
        return f"{self.host}:{self.port}{by}"


def place_of(arguments: Mapping[str, Any]) -> Place:
    """Where these arguments of the connector lead."""
    host = str(arguments.get("host") or construct_hostname(arguments.get("region"), str(arguments["account"])))
    secure = str(arguments.get("protocol") or "https").lower() != "http"
    port = int(arguments.get("port") or (443 if secure else 80))
    return Place(host, port, secure, proxy_to(host, "https" if secure else "http"))


def proxy_to(host: str, scheme: str) -> tuple[str, int] | None:
    """The proxy that the environment names for a host, if any (HTTPS_PROXY, HTTP_PROXY, NO_PROXY)."""
    url = getproxies().get(scheme)
    if not url or proxy_bypass(host):
        return None
    parts = urlsplit(url if "//" in url else f"//{url}")
    return (parts.hostname or url, parts.port or 80)


def opened(place: Place, timeout_s: float) -> socket.socket:
    """A connection to a place, through the proxy where there is one.

    Raises:
        OSError: it cannot be opened, or the proxy refuses.
    """
    raw = socket.create_connection(place.first, timeout=timeout_s)
    if place.proxy is None or not place.secure:
        return raw
    try:
        raw.sendall(f"CONNECT {place.host}:{place.port} HTTP/1.1\r\nHost: {place.host}:{place.port}\r\n\r\n".encode())
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
