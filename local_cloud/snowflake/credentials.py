"""What a login proves: a user's password or key pair, where the user was made with one.

A user that was never created, or was created with neither, is believed, which is why the server binds to 127.0.0.1.
Tokens of OAuth come from elsewhere and cannot be verified here; they only must be there.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from local_cloud.snowflake.clock import now_ns
from local_cloud.snowflake.errors import failure

_KEYS: Final = ("RSA_PUBLIC_KEY", "RSA_PUBLIC_KEY_2")
_ALGORITHMS: Final = ["RS256", "ES256", "ES384", "ES512"]
_ISSUED_WITHIN_S: Final = 60
"""A token older than this is refused, so a client's clock must be right."""


def prove(options: Mapping[str, str] | None, user: str, data: Mapping[str, Any]) -> None:
    """Let a login pass, or refuse it as Snowflake does.

    Args:
        options: what the user was created with; None of one who never was.
        user: the name, in capital letters.
        data: the login request's.

    Raises:
        ProgrammingError: 390100 for a wrong password, 390144 for a wrong token, 390303 for none.
    """
    way, token = str(data.get("AUTHENTICATOR") or "SNOWFLAKE").upper(), str(data.get("TOKEN") or "")
    if way == "SNOWFLAKE_JWT":
        if options is not None and not _signed(options, user, token):
            raise failure(390144, "08004", "JWT token is invalid.")
    elif way == "OAUTH":
        if not token:
            raise failure(390303, "08004", "Invalid OAuth access token.")
    elif options is not None and not _password_fits(options, str(data.get("PASSWORD") or "")):
        raise failure(390100, "28000", "Incorrect username or password was specified.")


def _password_fits(options: Mapping[str, str], given: str) -> bool:
    if options.get("TYPE", "").upper() == "SERVICE":
        return False
    return "PASSWORD" not in options or options["PASSWORD"] == given


def _signed(options: Mapping[str, str], user: str, token: str) -> bool:
    return any(_signed_with(options[name], user, token) for name in _KEYS if options.get(name))


def _signed_with(public_key: str, user: str, token: str) -> bool:
    try:
        key: Any = load_der_public_key(base64.b64decode(public_key))
        der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        said = jwt.decode(token, key, algorithms=_ALGORITHMS, options={"require": ["iat", "exp", "iss", "sub"]})
    except (jwt.PyJWTError, ValueError):
        return False
    fingerprint = "SHA256:" + base64.b64encode(hashlib.sha256(der).digest()).decode()
    fresh = said["exp"] - said["iat"] > 0 and _age_s(said) <= _ISSUED_WITHIN_S
    return bool(fresh and said["sub"].endswith(f".{user}") and said["iss"] == f"{said['sub']}.{fingerprint}")


def _age_s(said: Mapping[str, Any]) -> float:
    return now_ns() / 1e9 - float(said["iat"])
