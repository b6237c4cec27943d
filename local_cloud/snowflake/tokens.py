"""Session tokens: given at login, renewed when they expire, remembered for a while when their session is over."""

import secrets
import threading

from local_cloud.snowflake.errors import failure
from local_cloud.snowflake.result_cache import ResultCache
from local_cloud.snowflake.session import Session

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

    def __init__(self, sessions: dict[str, Session]) -> None:
        """Start with the tokens of `sessions`."""
        self._sessions = sessions
        self._guard = threading.Lock()
        self._expired: dict[str, Session] = {}
        self._ended = ResultCache()  # token -> why

    def issue(self, session: Session) -> str:
        """A new token for a session."""
        token = secrets.token_urlsafe(24)
        self._sessions[token] = session
        return token

    def end(self, token: str, code: int) -> None:
        """Let a session be gone (390111), its token expire (390112), or its master token, too (390114)."""
        with self._guard:
            session = self._sessions.pop(token, None)
            if session is None:
                return
            self._ended[token] = code
            if code == 390112:
                self._expired[token] = session
                return
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
        return self.issue(session)
