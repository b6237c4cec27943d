"""By which marks a text is told to be ECS's, Snowflake's or AWS's where nobody knows who said it.

A mark is a word that hardly anybody else says, or the beginning of one of their sentences at a beginning. Only on a
text with the mark of a place are that place's short patterns tried.
"""

import re
from collections.abc import Iterable
from typing import Final

from executor.core.causes import Scope
from executor.core.needles import may_match, needles

_BEGINNING: Final = r"(?:^|[\n:\"'`(\[>|,;=-]\s*|\breasons?\b\W+)"


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
            r"Scaling activity initiated by|stopped by user\W*$|Essential container in task exited",
            r"Task failed (?:to start|container health|ELB health)|ECS was unable to assume",
            r"Rate limit exceeded while preparing|The selected task definition is not compatible",
            r"exec:? \S+: exec format error|Unable to attach network interface",
            r"(?:\w+Exception: )?The task can(?:not|['\u2019]t) |(?:\w+: )?Task is scheduled for retirement",
        ),
        r"Host EC2 \(instance|performing maintenance on the underlying infra|Scaling activity initiated by \(",
        r"Timeout waiting for network interface prov|Unexpected EC2 error while attempting|Task stopped by user",
        r"Spot Task was interrupted|TASK_PATCHING_RETIREMENT|chdir to cwd",
        r"tasks? (?:that )?(?:is |are )?scheduled for retirement",
        r"error (?:pulling image|(?:getting|storing|saving) credentials - err|parsing HTTP \d+ response)",
        r"error authenticating creds|invalid status code from registry|pinging container registry|failed to create LLB",
        r"invalid image reference|failed to copy: read|\bimage \S+/\S+:\S+ not found",
        r"\b(?:(?:docker|ghcr|quay|gcr)\.io|ecr\.aws|amazonaws\.com|microsoft\.com)/\S{1,200}: not found",
        r"[Ff]ailed to (?:pull|fetch|push)(?: and unpack)?(?: the)? image|received unexpected HTTP status",
        r"interactive login from a",
        r"login attempt to|(?:manifest|name)_unknown|image not known|unable to find image|Container\.image",
        r"image operating system|failed to (?:fetch anonymous|fetch oauth)|source metadata for|No command specified",
        r"unable to pull secrets or registry auth|failed to validate logger args|failed to initialize logging driver",
        r"unable to retrieve (?:ecr registry auth|secrets? from)|failed to download env files",
        r"failed to (?:resolve (?:ref|source)|register layer|pull image|copy: http|do request|solve:|authorize:)",
        r"OCI runtime (?:create|exec|start) failed|OCI (?:permission denied|runtime attempted)",
        r"Error response from daemon|exec user process caused",
        r"(?-i:toomanyrequests|TOOMANYREQUESTS):|invalid reference format",
        r"no basic auth credentials|no matching manifest for|no image found in|image architecture",
        r"does not contain descriptor matching platform",
        r"manifest for \S+ not found|manifest unknown|pull access denied for|reached your \w*\s?pull rate limit",
        r"does not match the (?:specified|detected|expected) (?:host )?platform|name unknown: ",
        r"\bdenied: (?:User:|Your auth|requested|denied|access forbidden|permission_denied|installation not)",
        r"(?<!\d )\bunauthorized: (?:auth|incorrect|access to the req|personal|the client|project|repo|your acc)",
        r"(?<!\d )\bunauthorized: (?:HTTP Basic|unauthorized to|not authorized|could not)|No such image: ",
        r"denied: .{0,80}ecr:|insufficient_scope|unexpected status (?:from [A-Z]{3,5} request|code \[)",
        r"API error \(\d{3}\): |https://\S*/v2/(?=[\"':\s]|$|\S{1,200}/(?:manifests|blobs|tags)/)",
        r"Container command '[^']*' not found",
    ),
    Scope.SERVICE_EVENT: _any(
        r"\(service [^)\s]+|\bservice \S+ (?:was unable|is unable|failed to launch|\(|operations)",
        r"unable to place a task|nodes are available: |no container instance met|No Container Instances were",
        r"closest matching \(?container-instance|UnhealthyThreshold number|\bELB\b.{0,20}health (?:is|check)",
        r"ELB healthcheck",
        r"\bunhealthy in \(?(?:target-group|elb)|Health checks failed with these codes",
        r"Target\.(?:Failed|Timeout|Resp)",
        r"deployment failed: tasks failed to start|circuit breaker threshold",
    ),
    Scope.RUNTASK_FAILURE: _any(
        r"Capacity is unavailable at this time|reached the limit on the number of|configuration is above your limit",
        r"(?-i:\bRESOURCE:[A-Z]+\b)",
    ),
    Scope.NETWORK: _any("."),
    Scope.SNOWFLAKE: _any(
        r"snowflake|snowpark|No active warehouse selected|(?:statement|queued).{0,60}warehouse|waiters for this lock",
        r"does not exist or not authorized|Insufficient privileges to operate on|Python Interpreter Error",
        r"resource monitor|has locked table '|\bVendorCode: ?\d|\bUSE WAREHOUSE\b",
        r"in (?:function|procedure) \w+ with handler ",
        r"invalid identifier '|Invalid argument types for function|JavaScript execution error",
        r"Unknown (?:user-defined |table )function|SQL execution internal error|The user must authenticate again",
        r"session does not have a current|Requested role '|Anaconda (?:terms|3rd party)|Failed to cast variant",
        r"(?:Numeric value|Boolean value|Date|Time|Timestamp) '[^']*' is not recognized|\bparse column '\"",
        r"instead of (?:field|record) delimiter|Number of columns in file|JSON: unknown keyword",
        r"desired statement count",
        r"Network policy is required|use warehouse|warehouse '[\w.$]+' (?:is|was|has|cannot)",
        r"using terminated connection|Snowsight|programmatic access token|Uncaught exception of type '",
        r"function with the specified packages|Incoming request with IP|SQL execution cancell?ed",
        r"\[(?:25[0-5]|39[014])\d{3}\]",
        r"non-JSON content|S3/Blob|\b(?:60[46]|625|630) \(57|No warehouse selected",
        r"\bAn? account must be specified",
        r"\b\d{6} \([0-9A-Z]{5}\)|SQL (?:compilation|execution|access control) error|\b(?:25[0-5]|260|39[014])\d{3}: ",
    ),
    Scope.API: _any(
        r"An error occurred \(|not authorized to perform|amazonaws|\bAWS\b|\baws[-_ ]|boto|\w(?:Exception|Error)\b",
        r"api error|AccessDenied|NoSuch|Throttl|PermanentRedirect|Secrets Manager|\bS3\b|s3:|credentials|\b[34]\d\d\b",
        r"\bsubnet\b|\bsg-[0-9a-f]|log group|SecretString|concurrent|redirect",
        r"ParameterNotFound|parameter /|InSubnet|security token|Access Key|169\.254\.170|secretsmanager:|RequestLimit",
        r"from secrets manager|\bSSM\b|subnets? can ?not|ParameterVersion|batch:SubmitJob|sts:AssumeRole|PriorRequest",
        r"VcpuLimit|\bbucket is in|ssm parameters|InvalidParameters\W",
        r"ExpiredToken|InvalidClientTokenId|SlowDown|[Cc]redential|[Cc]apacity|Fargate|Task ?definition|MaxSpot",
        r"RequestTime",
        r"pass role|assumed by|has insufficient|closest matching|resources that belong|CPU (?:or|and|/) ?memory",
        r"cpu/memory",
        r"Malformed:|parameter store|\[ssm:|'(?:cpu|memory)' setting|container-instance|log stream",
        r"reached the limit|operation error|customer master key|KMS key|on the secret because|OpenIDConnect",
        r"assign an IP address|authorization header|\bARN\b|arn:aws|\bECS\b",
    ),
    Scope.LOG: _any("."),
}
"""In the order in which places are tried."""

_WORDS: Final = {scope: needles(mark.pattern) for scope, mark in MARKS.items()}
_OTHERS: Final = {
    Scope.SNOWFLAKE: _any(
        r"psycopg|pymysql|mysqldb|mysql\.|sqlite3?\.|pymongo|redis\.|\bORA-\d{5}|postgresql|bigquery|databricks|redshift",
        r"discord|clock moved backwards",
    ),
    Scope.API: _any(r"\bgoogle|googleapis|\bgcloud|\bgcs\b|azure|aliyun|tencent"),
}
_ITS_OWN: Final = {
    Scope.SNOWFLAKE: _any(r"\d{6} \([0-9A-Z]{5}\)|snowflakecomputing|snowflake\.c|SnowflakeSQL"),
    Scope.API: _any(r"\baws|amazon|boto|\barn:"),
}


def marked(scope: Scope, texts: Iterable[str]) -> bool:
    """Whether a text has a mark of the place."""
    words, mark = _WORDS[scope], MARKS[scope]
    return any(may_match(words, text.lower()) and mark.search(text) for text in texts)


def foreign(scope: Scope, text: str) -> bool:
    """Whether somebody else said it who says the same: it has a word of theirs and none of the place's own."""
    return scope in _OTHERS and _OTHERS[scope].search(text) is not None and not _ITS_OWN[scope].search(text)


_EXIT: Final = re.compile(
    r"(?:exited|(?<!' )failed|finished|terminated|completed|returned|stopped|ended|died)"  # not what a build called
    r"(?![^\n]{0,40}\b(?:http|status ?code|a non-zero code))"
    r"[^\n]{0,40}?(?:code|status|with)(?:[^\w-]{0,2}|[ :=]{3,4})(-?\d{1,3})\b(?!/[A-EG-Z])"
    r"|\b(?:exit(?:ed)?|return)[ _]?(?:code|status)[^\w\n]{0,3}(?:[:=]|\bis\b|\bof\b)[^\w\n-]{0,10}(-?\d{1,3})\b"
    r"|\bexit(?:code)?=(\d{1,3})\b"
    r"|(?:^[^\w\n]{0,20}|[:,;(!] ?|\bwith )exit[ _]?(?:code|status) (\d{1,3})\b"
    r"|\bexit[ _]?(?:code|status)[ |]*[\t|][ \t]*(\d{1,3})\b"  # cells
    r"|\bexited \((\d{1,3})\)",
    re.IGNORECASE | re.MULTILINE,
)
_CODES: Final = 256
"""A process has no exit code from here on; what has is an HTTP status, say."""
_KILLED: Final = range(-31, -1)
"""What Python's ``subprocess`` gives for a program that a signal ended: the signal's number, negated."""
_BARE_EXIT: Final = re.compile(r"^\D*?(-?\d{1,3})\D*$")


def exits(text: str, *, known: bool) -> Iterable[str]:
    """The exit codes that a text tells of, as the catalogue writes them; ``known``: the text is an exit code."""
    found = (_BARE_EXIT if known else _EXIT).finditer(text)
    codes = (int(next(filter(None, one.groups()))) for one in found)
    return dict.fromkeys(f"exit={128 - code if code in _KILLED else code % 256}" for code in codes if code < _CODES)
