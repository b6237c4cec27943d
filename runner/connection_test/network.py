"""The way to Snowflake: its name, its port, and the port at which certificates are asked for revocation."""

import socket
from typing import ClassVar, Final

from runner.connection_test.place import Place, opened, proxy_to
from runner.connection_test.step import BrokenError, Step, Trip

_CONNECT_S: Final = 8.0


class Dns(Step):
    """Snowflake's name, or the proxy's, resolves."""

    name = "dns"
    title = "name of Snowflake resolves"
    needs = ("settings",)
    limit_s = 10.0
    remedy = (
        "check SNOWFLAKE_ACCOUNT (organisation-account); if it is right, the subnet's VPC needs DNS support, and with "
        "a private link a private hosted zone that knows the name"
    )

    def take(self, trip: Trip) -> str:
        """Ask the resolver."""
        host, port = trip.snowflake().first
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise BrokenError(f"{host} does not resolve: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        return f"{host} is {', '.join(addresses[:4])}"


class Tcp(Step):
    """Snowflake's port can be reached."""

    name = "tcp_443"
    title = "port of Snowflake is open"
    needs = ("dns",)
    limit_s = 10.0
    remedy = (
        "the subnet needs a way out (a NAT gateway, or a public address and an internet gateway, or a private link), "
        "and security group and network ACL must let port 443 out"
    )

    def take(self, trip: Trip) -> str:
        """Connect and hang up."""
        place = trip.snowflake()
        try:
            opened(place, _CONNECT_S).close()
        except OSError as error:
            raise BrokenError(f"cannot connect to {place}: {error}") from error
        return f"connected to {place}"


class RevocationPort(Step):
    """Port 80, at which certificates are asked for revocation where that is switched on."""

    name = "tcp_80"
    title = "port 80 for certificate revocation"
    needs: ClassVar[tuple[str, ...]] = ("settings",)
    limit_s = 10.0
    vital = False
    remedy = (
        "nothing is broken: this connector asks for revocation only where OCSP or CRLs are switched on; then let "
        "port 80 out as well"
    )
    host: ClassVar[str] = "ocsp.snowflakecomputing.com"

    def take(self, trip: Trip) -> str:
        """Connect and hang up."""
        if not trip.snowflake().secure:
            return "plain HTTP (local): there is no certificate to ask about"
        place = Place(self.host, 80, secure=False, proxy=proxy_to(self.host, "http"))
        try:
            opened(place, _CONNECT_S).close()
        except OSError as error:
            raise BrokenError(f"cannot connect to {place}: {error}") from error
        return f"connected to {place}"
