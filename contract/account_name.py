"""The name of a Snowflake account, as people write it: which form it has, and which a client takes.

A client takes ``organisation-account`` or, of old, ``locator.region``. People paste the address of the browser, the
host, or the form that SQL prints. Names of organisations have no underscore, names of accounts no hyphen, and a region
always has one (Snowflake's page on account identifiers), which is what tells the forms apart.
"""

import re
from typing import Final

_DOMAIN: Final = re.compile(r"\.snowflakecomputing\.(?:com|cn)$", re.IGNORECASE)
_SNOWSIGHT: Final = re.compile(r"^app\.snowflake\.(?:com|cn)/(?:#/)?([^/]+)/([^/?#]+)", re.IGNORECASE)
_NAME: Final = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+){0,3}$")
_REGION: Final = re.compile(r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)+$")
_CLOUDS: Final = frozenset({"aws", "azure", "gcp", "privatelink", "global", "fhplus", "dod", "gov"})
FORMS: Final = "organisation-account or locator.region, without https://, path or spaces"


def wrong(text: str) -> str | None:
    """Why a client cannot take this as ``account``: which form was given, and which is meant; None when it can."""
    name = " ".join(text.split())
    if not name:
        return f"is empty; write it as {FORMS}"
    if (name != text or " " in name) and (meant := _meant(re.sub(r"\s*([-.])\s*", r"\1", name).replace(" ", "-"))):
        return f"has spaces in it; meant is {meant}"
    if pasted := _pasted(name):
        return pasted
    if name.count("/") == 1 and (meant := _meant(name.replace("/", "-"))):
        return f"has a slash where a hyphen stands; meant is {meant}"
    if not _NAME.match(name):
        return f"has no form that Snowflake knows; write it as {FORMS}"
    if _is_of_sql(name):
        return f"is organisation.account, the form of SQL; meant is {_told(name.replace('.', '-'))}"
    return None


def _pasted(name: str) -> str | None:
    bare = re.sub(r"^\w+://", "", name).rstrip("/")
    if found := _SNOWSIGHT.match(bare):
        return f"is the address of Snowsight; meant is {_told(_of_snowsight(found[1], found[2]))}"
    host = re.split(r"[/:?#]", bare)[0]
    if "://" in name and (meant := _meant(_DOMAIN.sub("", host))):
        return f"is a pasted URL; meant is {meant}"
    if _DOMAIN.search(host):
        return f"is the name of the host; meant is {_told(_DOMAIN.sub('', host))}"
    return None


def other_order(text: str) -> str | None:
    """The same name with account and organisation exchanged, which is what is meant when nobody knows the first."""
    organisation, hyphen, account = text.partition("-")
    # An organisation has no underscore; of more hyphens than one nobody can tell which parts them.
    if not hyphen or "-" in account or "." in text or "_" in account:
        return None
    return f"{account}-{organisation}"


def _meant(name: str) -> str | None:
    name = _DOMAIN.sub("", name)
    if not _NAME.match(name):
        return None
    return _told(name.replace(".", "-") if _is_of_sql(name) else name)


def _told(name: str) -> str:
    return f"{name} ({'locator.region' if '.' in name else 'organisation-account'})"


def _is_of_sql(name: str) -> bool:
    first, dot, second = name.partition(".")
    if not dot or "." in second or second.lower() in _CLOUDS or _REGION.match(second):
        return False
    return "-" not in first


def _of_snowsight(first: str, second: str) -> str:
    """Its addresses are ``/organisation/account`` and, of old, ``/region/locator``."""
    region = first.split(".", maxsplit=1)[0]
    return f"{second}.{first}" if _REGION.match(region) else f"{first}-{second}"
