"""One list of certificate authorities for all connections to AWS.

The SDK makes what TLS needs anew for each of its clients, and each time reads all authorities, some hundred and forty:
a megabyte and ten milliseconds for every service. They are the same for all of them. How the other side is verified
stays the SDK's own; nothing is chosen here, and no check is loosened.
"""

import threading
from ssl import SSLContext
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.httpsession import AIOHTTPSession
from aiobotocore.session import AioSession


def one_tls_context(session: AioSession) -> AioSession:
    """The session, whose clients share a TLS context from now on if they trust the same authorities."""
    known: Any = session.get_default_client_config()
    config: AioConfig = known or AioConfig()
    session.set_default_client_config(config.merge(AioConfig(http_session_cls=_sharing())))
    return session


def _sharing() -> type[AIOHTTPSession]:
    made: dict[bool | str, SSLContext] = {}
    making = threading.Lock()

    class Sharing(AIOHTTPSession):
        _verify: bool | str
        _cert_file: str | None

        def _build_ssl_contexts(self, proxy_url: str | None) -> Any:
            anew: Any = super()._build_ssl_contexts  # type: ignore[misc]  # the SDK's stubs leave it out
            # A proxy and a certificate of one's own are written into the context: then it is nobody else's.
            if proxy_url or self._cert_file:
                return anew(proxy_url)
            with making:  # the SDK calls this from threads
                if self._verify not in made:
                    made[self._verify], _ = anew(None)
                return made[self._verify], None

    return Sharing
