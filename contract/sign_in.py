"""How a program signs in to Snowflake, chosen by what its settings say; half a way is refused before it is tried.

There are four ways that need nobody at a keyboard: a workload identity (the role of the task is the proof), a key
pair, an OAuth token in a file, and a password. Which one is meant says ``authenticator``, or else the one secret
that is set. What belongs to another way is refused with the rest: a leftover password would be a second door, and
nobody would know which one a program takes.
"""

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Final

from contract.account_name import wrong
from contract.refusal import Problem

ALLOW_PASSWORD_ENV: Final = "REPORTING_ALLOW_PASSWORD"  # noqa: S105 - the name of a switch
"""Lets a service sign in with a password at a Snowflake that is not on this machine."""


class Way(StrEnum):
    """A way to sign in, by the connector's name of its authenticator."""

    WORKLOAD_IDENTITY = "WORKLOAD_IDENTITY"
    KEY_PAIR = "SNOWFLAKE_JWT"
    OAUTH = "OAUTH"
    PASSWORD = "SNOWFLAKE"  # noqa: S105 - the connector's name of this way


_SECRETS: Final[dict[Way, tuple[str, ...]]] = {
    Way.WORKLOAD_IDENTITY: ("workload_identity_provider",),
    Way.KEY_PAIR: ("private_key", "private_key_file"),
    Way.OAUTH: ("token_file_path",),
    Way.PASSWORD: ("password",),
}
"""What shows that a way is meant, and what that way cannot do without."""

_ALSO: Final = {Way.KEY_PAIR: ("private_key_passphrase", "private_key_file_pwd")}

# Their tokens say who signs in (snowflake.connector.connection, empty_user_allowed_authenticators).
_WITHOUT_USER: Final = frozenset(
    {"WORKLOAD_IDENTITY", "OAUTH", "OAUTH_AUTHORIZATION_CODE", "OAUTH_CLIENT_CREDENTIALS", "PROGRAMMATIC_ACCESS_TOKEN"}
)
_YES: Final = frozenset({"true", "1", "yes", "on", "t", "y"})
_NO: Final = frozenset({"false", "0", "no", "off", "f", "n", ""})
_PEM: Final = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----(.*)-----END \1-----", re.DOTALL)
_LOOPBACK: Final = re.compile(r"localhost|127(\.\d+){3}|::1|\[::1\]", re.IGNORECASE)


def allows_password(text: object) -> bool:
    """What ``REPORTING_ALLOW_PASSWORD`` says; executor and runner read it alike.

    Raises:
        ValueError: it says neither.
    """
    said = str(text).strip().lower()
    if said not in _YES | _NO:
        raise ValueError(f"is {text!r}; write true or false")
    return said in _YES


def problems(given: Mapping[str, str], *, is_file: Callable[[str], bool], service: bool = False) -> list[Problem]:
    """Everything that keeps these settings from being one whole way to sign in.

    Args:
        given: the connector's arguments that are set, and ``allow_password`` where it is.
        is_file: whether there is a file at a path.
        service: whether a program signs in that nobody watches, which takes no password of a real account.

    Returns:
        Problems by the variable's name; none shows a secret.
    """
    found = [Problem(_variable(name), "is not set") for name in ("account", *_who(given)) if name not in given]
    if why := wrong(given.get("account", "local")):
        found.append(Problem("SNOWFLAKE_ACCOUNT", why))
    found += [*_foreign(given), *_incomplete(given), *_unreadable(given, is_file)]
    return [*found, *password_problems(given)] if service else found


def clashes(given: Mapping[str, str], *, is_file: Callable[[str], bool]) -> list[Problem]:
    """As :func:`problems`, of settings that are laid over those of a named connection and so need not be whole."""
    return [*_foreign(given), *_unreadable(given, is_file)]


def password_problems(given: Mapping[str, str]) -> list[Problem]:
    """Why a program that nobody watches may not take a password there, if it may not."""
    local = given.get("protocol", "").lower() == "http" or _LOOPBACK.fullmatch(given.get("host", ""))
    if local or way_of(given) != Way.PASSWORD or given.get("allow_password") == "true":
        return []
    return [
        Problem(
            "SNOWFLAKE_PASSWORD",
            "is for a local Snowflake; service users of an account cannot sign in with a password any more: take a "
            f"workload identity or a key pair, or set {ALLOW_PASSWORD_ENV}=true where passwords still work",
        )
    ]


def way_of(given: Mapping[str, str]) -> str | None:
    """The authenticator that is meant, in capital letters; None when nothing or more than one thing says so."""
    if named := given.get("authenticator", "").upper():
        return named
    shown = _shown(given)
    return shown[0].value if len(shown) == 1 else None


def arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The settings as ``snowflake.connector.connect`` takes them: the authenticator said, the key in its own bytes."""
    way, chosen = way_of(given), {name: value for name, value in given.items() if name != "allow_password"}
    if way is not None and way != Way.PASSWORD:
        chosen.setdefault("authenticator", way)
    if "private_key" in chosen:
        chosen["private_key"] = _der(chosen["private_key"])[1]
    if "private_key_passphrase" in chosen:
        chosen["private_key_passphrase"] = chosen["private_key_passphrase"].encode()
    return chosen


def _variable(name: str) -> str:
    return f"SNOWFLAKE_{name.upper()}"


def _who(given: Mapping[str, str]) -> tuple[str, ...]:
    return () if way_of(given) in _WITHOUT_USER else ("user",)


def _shown(given: Mapping[str, str]) -> list[Way]:
    return [way for way, secrets in _SECRETS.items() if any(name in given for name in secrets)]


def _foreign(given: Mapping[str, str]) -> list[Problem]:
    way = way_of(given)
    if way is None and len(several := _shown(given)) > 1:
        names = " and ".join(_variable(name) for one in several for name in _SECRETS[one] if name in given)
        return [Problem("SNOWFLAKE_AUTHENTICATOR", f"{names} are set, each a way of its own; leave one")]
    if way not in set(Way):
        return []
    return [
        Problem(_variable(name), f"does not go with SNOWFLAKE_AUTHENTICATOR {way}; leave one of them out")
        for other, secrets in _SECRETS.items()
        if other != way
        for name in (*secrets, *_ALSO.get(other, ()))
        if name in given
    ]


def _incomplete(given: Mapping[str, str]) -> list[Problem]:
    way = way_of(given)
    if way is None and not _shown(given):
        return [
            Problem(
                "SNOWFLAKE_AUTHENTICATOR",
                "there is no way to sign in: set it to WORKLOAD_IDENTITY, or set SNOWFLAKE_PRIVATE_KEY, "
                "SNOWFLAKE_PRIVATE_KEY_FILE or SNOWFLAKE_TOKEN_FILE_PATH",
            )
        ]
    needed = _SECRETS.get(Way(way), ()) if way in set(Way) else ()
    if needed and not any(name in given for name in needed):
        first, *rest = (_variable(name) for name in needed)
        others = "".join(f" (nor {name})" for name in rest)
        return [Problem(first, f"is not set{others}; SNOWFLAKE_AUTHENTICATOR {way} needs it")]
    return []


def _unreadable(given: Mapping[str, str], is_file: Callable[[str], bool]) -> list[Problem]:
    found = [
        Problem(_variable(name), f"there is no file {given[name]} that can be read")
        for name in ("private_key_file", "token_file_path")
        if name in given and not is_file(given[name])
    ]
    if "private_key" in given and "private_key_file" in given:
        found.append(Problem("SNOWFLAKE_PRIVATE_KEY", "is set beside SNOWFLAKE_PRIVATE_KEY_FILE; leave one of them"))
    if "private_key" in given:
        found += _wrong_key(given)
    return found


def _wrong_key(given: Mapping[str, str]) -> list[Problem]:
    try:
        encrypted, _ = _der(given["private_key"])
    except ValueError as error:
        return [Problem("SNOWFLAKE_PRIVATE_KEY", str(error))]
    if encrypted and "private_key_passphrase" not in given:
        return [Problem("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "is not set, and the key is encrypted")]
    if not encrypted and "private_key_passphrase" in given:
        return [Problem("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "is set, and the key is not encrypted; leave it out")]
    return []


def _der(text: str) -> tuple[bool, bytes]:
    """Whether a PEM text is of an encrypted key, and its bytes; secret stores may have lost its line breaks."""
    found = _PEM.search(text.replace("\\n", "\n"))
    if found is None or "ENCRYPTED" in (body := found[2])[:40] or "Proc-Type" in body:
        raise ValueError(
            "is no private key in PEM form (PKCS#8: -----BEGIN PRIVATE KEY----- or BEGIN ENCRYPTED PRIVATE KEY)"
        )
    try:
        return found[1].startswith("ENCRYPTED"), base64.b64decode("".join(body.split()), validate=True)
    except binascii.Error as error:
        raise ValueError("is no private key in PEM form: what stands between its lines is not base64") from error
