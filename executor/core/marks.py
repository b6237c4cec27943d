"""By which marks a text is told to be ECS's, Snowflake's or AWS's where nobody knows who said it.

A mark is a word that hardly anybody else says, or the beginning of one of their sentences at a beginning. Only on a
text with the mark of a place are that place's short patterns tried.
"""

import re
from collections.abc import Iterable
from typing import Final

from executor.core.causes import Scope

_BEGINNING: Final = r"(?:^|[\n:\"'(\[>|,;=-]\s*|\breasons?\b\W+)"


def _any(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(words), re.IGNORECASE)


def _begins(*sentences: str) -> str:
    return f"{_BEGINNING}(?:{'|'.join(sentences)})"


MARKS: Final = {
    Scope.STOPPED: _any(
        r"\b(?:Cannot(?:Pull|Start|Create|Stop|Inspect|Describe)\w*Error|ResourceInitializationError|HostConfigError"
        r"|ContainerRuntime(?:Timeout)?Error|DockerTimeoutError|TaskFailedToStart|TaskStoppedBeforePullBeginError"
        r"|TaskDependencyError|OutOfMemoryError)\s*[:)\]]",
        _begins(
            r"InternalError: |OutOfMemory: |Container killed due to memory|Host EC2 ?\(|Network interface prov",
            r"Timeout waiting for (?:network interface|EphemeralStorage)|Unexpected EC2 error while",
            r"Your Spot Task was interrupted|ECS is performing maintenance|Container instance deregistration",
            r"Scaling activity initiated by|(?:Task )?stopped by user\W*$|Essential container in task exited",
            r"Task failed (?:to start|container health|ELB health)|ECS was unable to assume",
            r"Rate limit exceeded while preparing|The selected task definition is not compatible",
            r"exec:? \S+: exec format error|Unable to attach network interface",
            r"(?:\w+Exception: )?The task can(?:not|['\u2019]t) ",
        ),
        r"unable to pull secrets or registry auth|failed to validate logger args|failed to initialize logging driver",
        r"unable to retrieve (?:ecr registry auth|secrets? from)|failed to download env files",
        r"failed to (?:resolve (?:ref|source)|register layer|pull image|copy: http|do request|solve:|authorize:)",
        r"OCI runtime (?:create|exec|start) failed|Error response from daemon|exec user process caused",
        r"toomanyrequests:|invalid reference format",
        r"no basic auth credentials|no matching manifest for|does not contain descriptor matching platform",
        r"manifest for \S+ not found|manifest unknown|pull access denied for|reached your \w*\s?pull rate limit",
        r"does not match the (?:specified|detected|expected) (?:host )?platform|name unknown: ",
        r"\bdenied: (?:User|Your|requested|denied)|\bunauthorized: |No such image: ",
        r"denied: .{0,80}ecr:|insufficient_scope|unexpected status (?:code )?(?:from|\[)",
        r"API error \(\d{3}\): |https://\S*/v2/|Container command '[^']*' not found",
    ),
    Scope.SERVICE_EVENT: _any(
        r"\(service [^)\s]+|\bservice \S+ (?:was unable|is unable|failed to launch|\(|operations)",
        r"unable to place a task",
        r"is unhealthy in \(?(?:target-group|elb)|Health checks failed with these codes",
        r"Target\.(?:Failed|Timeout|Resp)",
        r"deployment failed: tasks failed to start|circuit breaker threshold",
    ),
    Scope.RUNTASK_FAILURE: _any(
        r"Capacity is unavailable at this time|reached the limit on the number of|configuration is above your limit",
        r"(?-i:\bRESOURCE:[A-Z]+\b)",
    ),
    Scope.NETWORK: _any("."),
    Scope.SNOWFLAKE: _any(
        r"snowflake|No active warehouse selected|its statement or warehouse timeout|waiters for this lock",
        r"\b\d{6} \([0-9A-Z]{5}\)|SQL (?:compilation|execution|access control) error|\b(?:25[0-4]|39[04])\d{3}: ",
    ),
    Scope.API: _any(
        r"An error occurred \(|not authorized to perform|amazonaws|\bAWS\b|\baws[-_ ]|boto|\w(?:Exception|Error)\b",
        r"api error|AccessDenied|NoSuch|Throttl|PermanentRedirect|Secrets Manager|\bS3\b|s3:|credentials|\b[34]\d\d\b",
        r"\bsubnet\b|\bsg-[0-9a-f]|log group|SecretString|concurrent|redirect",
        r"ExpiredToken|InvalidClientTokenId|SlowDown",
    ),
    Scope.LOG: _any("."),
}
"""In the order in which places are tried."""

_EXIT: Final = re.compile(
    r"(?:exited|failed|finished|terminated|completed|returned|stopped|ended|died)[^\n]{0,40}?(?:code|status|with)\W{0,4}"
    r"(-?\d{1,3})\b|\b(?:exit(?:ed)?|return)[ _]?(?:code|status)\W{0,3}[:=]\W{0,3}(-?\d{1,3})\b"
    r"|\bexit(?:code)?=(\d{1,3})\b|^[^\w\n]{0,20}exit (?:code|status) (\d{1,3})[^\w\n]{0,9}$"
    r"|: exit status (\d{1,3})[^\w\n]{0,9}$",
    re.IGNORECASE | re.MULTILINE,
)
_BARE_EXIT: Final = re.compile(r"^\D*?(-?\d{1,3})\D*$")


def exits(text: str, *, known: bool) -> Iterable[str]:
    """The exit codes that a text tells of, as the catalogue writes them; ``known``: the text is an exit code."""
    found = (_BARE_EXIT if known else _EXIT).finditer(text)
    codes = (next(filter(None, one.groups())) for one in found)
    return dict.fromkeys(f"exit={int(code) % 256}" for code in codes)
