"""Takes secrets out of evidence before it leaves the house."""

import re
from typing import Any, Final

from contract.secret_names import IN_TEXTS, may_hold_secret

MASK: Final = "***"
_IN_TEXT: Final = (
    (re.compile(r"(?<=://)([^@/\s:\"']*):([^@/\s\"']+)(?=@)"), r"\1:" + MASK),
    (re.compile(r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"), MASK),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), MASK),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)", re.DOTALL), MASK),
    (re.compile(rf"(?i)(?<!:)((?:{IN_TEXTS})[\"']?\s*[=:]\s*[\"']?)([^\s\"',;&}}]+)"), r"\1" + MASK),
    (re.compile(rf"(?i)(--[\w-]*(?:{IN_TEXTS})\s+)([^\s\"'`,;&}}-][^\s\"'`,;&}}]*)"), r"\1" + MASK),
)


def masked(data: Any) -> Any:
    """The same data without passwords, keys and tokens: in variables by their name, in texts by their look."""
    if isinstance(data, list):
        return [masked(item) for item in data]
    if isinstance(data, str):
        return masked_text(data)
    if not isinstance(data, dict):
        return data
    if {"name", "value"} <= set(data) and may_hold_secret(str(data["name"])) and data["value"]:
        return data | {"value": MASK}
    return {key: masked(value) for key, value in data.items()}


def masked_text(text: str) -> str:
    """A text without what looks like a secret."""
    for pattern, instead in _IN_TEXT:
        text = pattern.sub(instead, text)
    return text
