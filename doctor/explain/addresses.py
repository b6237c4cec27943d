"""Values of environment variables that should name an endpoint: which can never work, and which look wrong."""

import re
from dataclasses import dataclass
from typing import Final

from doctor.health_checks.checks import UNKNOWN_TEXT

_WORDS: Final = re.compile(
    r"(?:^|_)(HOSTS?|HOSTNAME|URLS?|URI|ENDPOINTS?|BROKERS?|BOOTSTRAP(?:_SERVERS?)?|SERVERS?|ADDR|ADDRESS|DSN|"
    r"TABLE(?:_NAME)?|QUEUE(?:_URL|_NAME)?|BUCKET(?:_NAME)?|STREAM(?:_NAME)?|TOPICS?|REDIS|KAFKA|DATABASE|"
    r"CONNECTION(?:_STRING)?)$",
    re.IGNORECASE,
)
_OWN: Final = re.compile(
    r"(^|_)(BIND|LISTEN|PUBLIC|PROXY|OTEL|STATSD|DD|XRAY|SENTRY|DATADOG|NEW_RELIC|METRICS|TRACING|TELEMETRY|WEBHOOK|SLACK"
    r"|PROMETHEUS|FLUENT|AWS_CONTAINER|SERVER_HOST)(_|$)|^HOST(NAME)?$"
)
"""What a service listens on itself, and what it can do without."""
_NAMES_ONLY: Final = re.compile(r"(TABLE|QUEUE|BUCKET|STREAM|TOPICS?|DATABASE)(_NAME)?$", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"^(?:([a-z][a-z0-9+.-]*)://)?(?:[^@/\s]*@)?([^:/?\s]*)(?::([^/?\s]*))?(?:[/?].*)?$", re.IGNORECASE
)
_LEFT: Final = re.compile(
    r"\$\{[^}]*\}|\{\{[^}]*\}\}|<[^>]*>|^(?:none|null|nil|undefined|changeme|change-me|placeholder|dummy|tbd|n/a|x+|\?+)$"
    r"|" + "to" + r"do\b|example\.(?:com|org|net)",
    re.IGNORECASE,
)
_RESERVED: Final = re.compile(r"\.(?:invalid|example|localhost)$", re.IGNORECASE)  # a .local may be of Cloud Map
_REGION: Final = re.compile(
    r"\b(?:us|eu|ap|sa|ca|me|af|il|mx)(?:-gov)?-(?:north|south|east|west|central|northeast|southeast|northwest|southwest)-\d\b"
)
_ACCOUNT: Final = re.compile(r"(?<!\d)\d{12}(?!\d)")
_LOOPBACK: Final = re.compile(r"^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$", re.IGNORECASE)
_NO_HOSTS: Final = frozenset({"dynamodb", "file", "memory", "s3", "secretsmanager", "sqlite", "sqs", "ssm"})
_SECRETS: Final = re.compile(r"^((?:[a-z][a-z0-9+.-]*://)?).*@", re.IGNORECASE | re.DOTALL)  # a password may hold all


@dataclass(frozen=True)
class Doubt:
    """What is wrong with one variable.

    Attributes:
        name: The variable.
        kind: A stable name of the fault.
        says: The fault in one sentence.
        shown: The value, without a password in it.
        wanted: What should stand there.
        sure: Whether no network could make it work.
    """

    name: str
    kind: str
    says: str
    shown: str
    wanted: str
    sure: bool


def doubts(name: str, value: str, *, arn: str, alone: bool, connected: bool) -> list[Doubt] | None:
    """What is wrong with a variable's value; None when the variable names no endpoint.

    Args:
        name: The variable's name.
        value: Its value.
        arn: An ARN of the service or task definition, which tells account and region; empty when unknown.
        alone: Whether no other container of the task could listen on its ``localhost``.
        connected: Whether ECS Service Connect gives short names a meaning.
    """
    if not _names_endpoint(name, value) or UNKNOWN_TEXT in value:
        return None
    text = value.strip()
    shown = _bare(value)
    wanted = "address of this account and region" if not _NAMES_ONLY.search(name) else "name in this account"

    def doubt(kind: str, says: str, *, sure: bool = True) -> Doubt:
        return Doubt(name, kind, f"{name} {says}", shown, wanted, sure)

    if not text:
        return [doubt("empty", "is empty")]
    if left := _LEFT.search(text):
        return [doubt("placeholder", f"still holds `{left[0]}`, which should have been replaced")]
    single = bool(_NAMES_ONLY.search(name)) and "://" not in text
    parts = [found for part in _parts(text) for found in _of_part(part, alone=alone, connected=connected)]
    found = [] if single else [doubt(kind, says, sure=sure) for kind, says, sure in parts]
    return found + [doubt(kind, says, sure=False) for kind, says in _elsewhere(text, shown, arn)]


def _elsewhere(text: str, shown: str, arn: str) -> list[tuple[str, str]]:
    """Regions and accounts in a value that are not the task's own."""
    *_, region, account = arn.split(":")[:5] if arn.startswith("arn:") else ("", "")
    return [
        (f"other_{kind}", f"names {kind} {other}, but the task runs in {here}: `{shown}`")
        for kind, pattern, here in (("region", _REGION, region), ("account", _ACCOUNT, account))
        for other in sorted(set(pattern.findall(text)))
        if here and other != here
    ]


def _names_endpoint(name: str, value: str) -> bool:
    if _OWN.search(name.upper()) or value.strip().startswith("0.0.0.0"):  # noqa: S104 - read from a file; nothing listens on it
        return False
    return bool(_WORDS.search(name)) or bool(re.match(r"^[a-z][a-z0-9+.-]*://\S+$", value.strip()))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",")] if "," in text and "?" not in text else [text]


def _of_part(part: str, *, alone: bool, connected: bool) -> list[tuple[str, str, bool]]:
    found = _ADDRESS.match(part)
    if found is None or any(mark in part for mark in " \t"):
        return (
            [("malformed", f"holds `{_bare(part)}`, which is no address", True)] if "://" in part or " " in part else []
        )
    scheme, host, port = found[1], found[2], found[3]
    if part.startswith("arn:"):
        return []
    if scheme in _NO_HOSTS:
        return []
    if not host:
        return [("malformed", f"names no host: `{_bare(part)}`", True)] if scheme or port else []
    if port is not None and not (port.isdigit() and 0 < int(port) < 65536):
        return [("malformed", f"has `{port if '@' not in part else '***'}` for a port", True)]
    return _of_host(host, named=bool(scheme or port), alone=alone, connected=connected)


def _bare(text: str) -> str:
    """The text without what stands before the last ``@``."""
    return _SECRETS.sub(r"\1***@", text)


def _of_host(host: str, *, named: bool, alone: bool, connected: bool) -> list[tuple[str, str, bool]]:
    if _RESERVED.search(host):
        return [("unresolvable", f"names `{host}`, which no public or private DNS of AWS resolves", True)]
    if _LOOPBACK.match(host):
        others = ", and nothing else runs in it" if alone else ""
        return [("loopback", f"names `{host}`, which inside the task is the task itself{others}", alone)]
    if "." not in host and named and not connected:
        says = f"names `{host}` without a domain: such names resolve in Compose, not on Fargate without Service Connect"
        return [("unresolvable", says, True)]
    return []
