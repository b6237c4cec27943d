"""Which names say that what they name is a secret: one list for all who hide, compare or warn."""

import re
from typing import Final

_SURE: Final = (
    "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "API_?KEY", "PRIVATE_?KEY", "ACCESS_?KEY", "SECRET_?KEY",
)  # fmt: skip
"""Words, as patterns, with which the name of a secret ends."""
_DOUBTFUL: Final = ("PWD", "PRIVATE", "CREDENTIAL", "SIGNING")
"""Words of names that may be those of secrets; what is hidden without need does no harm."""
_ANYWHERE: Final = re.compile("|".join((*_SURE, *_DOUBTFUL)), re.IGNORECASE)
_AT_THE_END: Final = re.compile(rf"(?:^|_)(?:{'|'.join(_SURE)})$", re.IGNORECASE)

IN_DOCKERFILES: Final = rf"(?:\w*_)?(?:{'|'.join(_SURE)})"
"""A pattern of whole names, in capitals, that are those of secrets."""
IN_TEXTS: Final = "|".join(word.lower().replace("_?", "[_-]?") for word in (*_SURE, "PWD") if word != "PRIVATE_?KEY")
"""A pattern of words, in small letters, behind which people and programs write a secret.

Of a private key they write whether it is there; the key itself is known by its own first line.
"""


def may_hold_secret(name: str) -> bool:
    """Whether a value had better be hidden, as that of ``DB_PASSWORD_NEW``."""
    return _ANYWHERE.search(name) is not None


def holds_secret(name: str) -> bool:
    """Whether a name says for sure that its value is a secret: ``DB_PASSWORD``, and not ``TOKEN_URL``."""
    return _AT_THE_END.search(name) is not None
