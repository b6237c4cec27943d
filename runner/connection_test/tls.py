"""TLS: whether the certificate is trusted, and who issued it, because a proxy that reads along shows there."""

import ssl
from collections.abc import Mapping
from typing import Any, ClassVar, Final

import certifi
from cryptography import x509

from runner.connection_test.place import Place, opened
from runner.connection_test.step import BrokenError, Step, Trip

_CONNECT_S: Final = 8.0
_BUNDLES: Final = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Files of authorities that the connector takes instead of certifi's."""
_PUBLIC: Final = (
    "Amazon",
    "DigiCert",
    "Entrust",
    "GlobalSign",
    "Google Trust",
    "Let's Encrypt",
    "Sectigo",
    "Starfield",
)


class Tls(Step):
    """The certificate is Snowflake's, and trusted."""

    name = "tls"
    title = "TLS with Snowflake"
    needs: ClassVar[tuple[str, ...]] = ("tcp_443",)
    limit_s = 15.0
    remedy = (
        "if the issuer is your own company, a proxy opens TLS: let *.snowflakecomputing.com and the stage's S3 host "
        "pass unopened, or give the image that authority and set REQUESTS_CA_BUNDLE to its file"
    )

    def take(self, trip: Trip) -> str:
        """Shake hands, and look at the certificate."""
        place = trip.snowflake()
        if not place.secure:
            return "plain HTTP (local): there is no TLS"
        context = ssl.create_default_context(cafile=authorities(trip.environment))
        try:
            with opened(place, _CONNECT_S) as raw, context.wrap_socket(raw, server_hostname=place.host) as line:
                return told(line.getpeercert() or {}, line.version())
        except ssl.SSLCertVerificationError as error:
            raise BrokenError(
                f"the certificate of {place.host} is not trusted: {error.verify_message}; issued by {_issuer(place)}"
            ) from error
        except OSError as error:
            raise BrokenError(f"no TLS with {place}: {error}") from error


def authorities(environment: Mapping[str, str]) -> str:
    """The file of authorities that the connector trusts."""
    return next((environment[name] for name in _BUNDLES if environment.get(name)), certifi.where())


def told(certificate: Mapping[str, Any], version: str | None) -> str:
    """A trusted certificate in a few words; an authority that the public web does not use is worth a remark."""
    issuer = {key: value for part in certificate.get("issuer", ()) for key, value in part}
    name = issuer.get("organizationName") or issuer.get("commonName") or "nobody"
    known = any(public in name for public in _PUBLIC)
    remark = "" if known else "; that is none of the usual public authorities: perhaps a proxy that reads along"
    return f"{version}, issued by {name}, valid until {certificate.get('notAfter')}{remark}"


def _issuer(place: Place) -> str:
    # Nothing is sent over this line: the certificate is only looked at, because it was refused.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        with opened(place, _CONNECT_S) as raw, context.wrap_socket(raw, server_hostname=place.host) as line:
            return x509.load_der_x509_certificate(line.getpeercert(binary_form=True) or b"").issuer.rfc4514_string()
    except (OSError, ValueError):
        return "somebody who could not be asked"
