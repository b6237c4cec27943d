"""Links to files of internal stages: signed, and good until they expire."""

import hashlib
import hmac
import secrets
from urllib.parse import quote

from local_cloud.snowflake.catalog import Catalog
from local_cloud.snowflake.clock import now_ns

_NOWHERE = ("", "")


class Links:
    """Makes and checks links; the key is kept, so that they outlive a restart."""

    def __init__(self, catalog: Catalog) -> None:
        """Read the key, or draw one."""
        kept = catalog.get("LINK_KEY", _NOWHERE, "key")
        if kept is None:
            kept = {"key": secrets.token_hex(32)}
            catalog.put("LINK_KEY", _NOWHERE, "key", kept)
        self._key = bytes.fromhex(kept["key"])

    def address(self, endpoint: tuple[str, int], path: str, expiry_s: int) -> str:
        """The link to `path` (`DB/SCHEMA/STAGE/file`), for `expiry_s` seconds."""
        expires_at_s = now_ns() // 1_000_000_000 + expiry_s
        query = f"expires={expires_at_s}&signature={self._signature(path, str(expires_at_s))}"
        return f"http://{endpoint[0]}:{endpoint[1]}/stages/{quote(path)}?{query}"

    def is_good(self, path: str, expires: str, signature: str) -> bool:
        """Whether a link is ours and has not expired."""
        ours = hmac.compare_digest(self._signature(path, expires), signature)
        return ours and now_ns() < int(expires) * 1_000_000_000

    def _signature(self, path: str, expires: str) -> str:
        return hmac.new(self._key, f"{expires}\n{path}".encode(), hashlib.sha256).hexdigest()
