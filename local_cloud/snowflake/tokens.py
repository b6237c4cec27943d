"""Session tokens: given at login, renewed when they expire, remembered for a while when their session is over."""

import secrets
import threading
from collections.abc import Callable
from typing import Final

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result_cache import ResultCache
from local_cloud.snowflake.session import Session

# How long after it was last heard of a client may renew its session token (docs user-guide/session-policies).
MASTER_VALIDITY_S: Final = 14_400
_LOOK_S: Final = 60.0
# The wording is Snowflake's, from memory; the numbers are what its clients branch on.
_TEXTS = {
    390111: "Session no longer exists. New login required to access the service.",
    390112: "Session token has expired. Renew it with the master token.",
    390114: "Authentication token has expired. The user must authenticate again.",
}


def session_ended(code: int) -> Exception:
    """The refusal of a session that is over (390111), or whose tokens are (390112, 390114)."""
    return failure(code, "08001", _TEXTS[code])


class Tokens:
    """Which token stands for which session; `sessions` is kept up to date."""

    def __init__(self, sessions: dict[str, Session], now_s: Callable[[], float]) -> None:
        """Start with the tokens of `sessions`; idle ones end by `now_s`, seconds since 1970."""
        self._sessions = sessions
        self._now_s = now_s
        self._guard = threading.Lock()
        self._expired: dict[str, Session] = {}
        self._ended = ResultCache()  # token -> why

    def watch(self, ended: threading.Event) -> None:
        """End idle sessions until `ended`."""
        while not ended.wait(_LOOK_S):
            self.end_idle()

    def end_idle(self) -> int:
        """End the sessions of clients that have not been heard of for 4 h; how many there were.

        Their clients are told what an expired master token means: log in anew.
        """
        silent_since_s = self._now_s() - MASTER_VALIDITY_S
        with self._guard:
            held = list({**self._expired, **self._sessions}.items())
        idle = [(token, s) for token, s in held if s.last_seen_s < silent_since_s and not s.statements]
        for token, session in idle:
            with self._guard:
                known = self._sessions.pop(token, None) or self._expired.pop(token, None)
                self._ended[token] = 390114
            if known is not None:
                session.end()
        return len(idle)

    def issue(self, session: Session) -> str:
        """A new token for a session."""
        token = secrets.token_urlsafe(24)
        self._sessions[token] = session
        return token

    def end(self, token: str, code: int) -> None:
        """Let a session be gone (390111), its token expire (390112), or its master token, too (390114).

        A session that is gone is gone by every token that stands for it: a handler's is a second one of its caller's.
        """
        with self._guard:
            session = self._sessions.pop(token, None)
            if session is None:
                return
            self._ended[token] = code
            if code == 390112:
                self._expired[token] = session
                return
            for other in [other for other, held in list(self._sessions.items()) if held is session]:
                del self._sessions[other]
                self._ended[other] = code
        session.end()

    def refuse_ended(self, token: str) -> None:
        """Raise what the client of an ended token is told.

        Raises:
            ProgrammingError: 390111 or 390112.
        """
        if (code := self._ended.get(token)) is not None:
            raise session_ended(390111 if code == 390111 else 390112)

    def renew(self, token: str) -> str:
        """A new token for the session of an old one.

        Raises:
            ProgrammingError: 390114 when the master token has expired with it, 390111 when the session is gone.
        """
        with self._guard:
            session = self._expired.pop(token, None) or self._sessions.pop(token, None)
        if session is None:
            raise session_ended(390114 if self._ended.get(token) == 390114 else 390111)
        session.last_seen_s = self._now_s()
        return self.issue(session)
