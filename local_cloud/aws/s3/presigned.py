"""Whether a presigned link is still good; signatures themselves are not checked here."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

MAX_EXPIRES_S = 7 * 24 * 3600  # what signature version 4 allows


def has_expired(query: Mapping[str, str], now: datetime) -> bool:
    """Say whether the query of a link signed with version 4 names a time that is over.

    A query without such a signature has not expired. One whose times cannot be read has.
    """
    if "X-Amz-Signature" not in query:
        return False
    try:
        signed_at = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        expires_s = int(query["X-Amz-Expires"])
    except (KeyError, ValueError):
        return True
    return not 1 <= expires_s <= MAX_EXPIRES_S or now >= signed_at + timedelta(seconds=expires_s)
