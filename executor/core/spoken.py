"""What a captured text says, and where it was said: out of JSON, without colours, without what is no failure.

People paste what they have: a line of a log, a document that ECS gave, a trace of many lines, a sentence of a
colleague. Only what a program says of its own failure counts, so lines that speak *about* failures are left out:
comments, tests and their results, source code, lines of level INFO and below, reports of success.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any, Final

from executor.core.causes import Scope
from executor.core.traces import innermost, plain_lines
from executor.core.unwrapped import told_apart, unwrapped


@dataclass(frozen=True, slots=True)
class Said:
    """One saying; ``scope`` is None where nobody knows who said it.

    ``doubts``: how often it says that it is no failure yet, as a warning does, and one attempt of several.
    ``inner``: it is the error at the bottom of a trace, which counts before what stands around it.
    """

    text: str
    scope: Scope | None = None
    doubts: int = 0
    inner: bool = False


class Ear(Enum):
    """How much is heard of what is said below the level of a warning, as scripts print events and errors of others."""

    DEAF = auto()
    """Nothing."""
    SHARP = auto()
    """What sounds like a failure."""
    SHARPEST = auto()
    """All but what is for debugging."""


_WHERE: Final = {
    Scope.STOPPED: "stopped stoppedreason stopreason statusreason taskreason containerreason reason container task ecs "
    "taskstopped docker registry pull imagepull",
    Scope.STOP_CODE: "stopcode",
    Scope.EXIT: "exit exitcode exitstatus",
    Scope.SERVICE_EVENT: "serviceevent serviceevents event events service",
    Scope.RUNTASK_EXCEPTION: "runtaskexception runtask runtaskerror launch",
    Scope.RUNTASK_FAILURE: "runtaskfailure runtaskfailures failure failures",
    Scope.DESCRIBE_FAILURE: "describefailure describefailures describetasks",
    Scope.SNOWFLAKE: "snowflake snowflakeerror sql sqlerror query connector procedure snowpark",
    Scope.API: "api apierror aws awserror awsapi sdk boto boto3 botocore s3",
    Scope.NETWORK: "network",
    Scope.LOG: "log logs logline logtail stderr stdout traceback application app cloudwatch containerlog",
}
_SCOPES: Final = {word: scope for scope, words in _WHERE.items() for word in words.split()}

_TELLING: Final = 5
"""Letters of a place's name that tell it within a longer one, as in ``containers[].reason``."""
_START, _END = 2_000, 10_000
"""Characters of a text of any length that are looked at: its first ones and its last."""

_QUIET: Final = re.compile(
    r"""(?x) ^[^\n]{0,60}? (?<![\w.-]) (?:INFO|DEBUG|TRACE|NOTICE|VERBOSE|SUCCESS) (?![\w.-])
    | (?i: \b(?:level|lvl|severity)["']?\s*[=:]\s*["']?(?:info|debug|trace|notice|success)\b ) """
)
_STRONG: Final = re.compile(
    r"(?:\b[A-Z]\w+(?:Exception|Error|Fault|Failure)|\bError Code|\berror)['\"]?\s?[:=]"
    r"|\((?:service|task) |\bfailed(?::| (?:to|with)\b)|: raise "
    r"|(?i:\bstop(?:ped)?[ _-]?(?:reason|code)\b)|\b(?:FATAL|PANIC|ERROR|Traceback|Negsignal)\b|\b\d{6} \([0-9A-Z]{5}\)"
)
_DEBUG: Final = re.compile(r"(?i)debug|trace|verbose|^[12]0$")
_LOUD: Final = re.compile(r"^[^\n]{0,60}?\b(?:ERROR|CRITICAL|FATAL|SEVERE|EMERG|ALERT|PANIC)\b|commit_memory\(")
_WARNED: Final = re.compile(
    r"(?:^[^\n]{0,60}?\bWARN(?:ING)?\b)|(?i:^\W{0,3}warning\b)|(?i:\blevel[\"']?\s*[=:]\s*[\"']?warn)"
)
_ANEW: Final = re.compile(r"(?i)\b(?:retrying|will (?:be )?retr(?:y|ied)|trying again|backing off|reconnecting)\b")
_DOUBTFUL: Final = re.compile(
    r"(?i)\b(?:skipping|optional(?! dependenc)|(?:reporting|metrics|support|plugins?|tracing) (?:is |are )?disabled)"
    r"|, using\b|\bis ignored\b"
    r"|did not complete successfully"  # a step of a build, which is not the program
)
_NO_FAILURE: Final = re.compile(
    r"""(?x) ^\s*(?: \#(?!\d|\ +(?:There\ is|Native|SIG|Out\ of)) | // | /\* | --\s(?!\s*\d{6}\ \() | ;;(?!\ conn)
        | <!-- | >>> | """
    r'"""'
    r""" )                                                                              # comments
    | \b(?:PASSED|SKIPPED|XFAIL|XPASS)\b | ::test_ | ---\ (?:PASS|FAIL|SKIP) | ^\s*(?:not\ )?ok\ \d+ | [\u2713\u2714]
    | \b\d+\ passed\b | ^\s*(?:FAILED|PASS|FAIL)\ \S*test | \btest_\w+\s*(?:\(|\.\.\.|ok\b) | \bTest[A-Z]\w+\b
    | ^\s*(?:raise|except|throw|elif|def|class|assert|grep|echo|SELECT|INSERT|UPDATE|CREATE|WITH|MERGE)\b
    | ^\s*(?:if|while|for)\b[^\n]*[:{]\s*$ | ^\s*from\ \S+\ import\b | ^\s*import\ [\w.]+\s*$
    | ^\s*(?:const|let|var|return|export|public|private|static|func|local)\b | (?<!Exception);\s*$
    | \blog(?:ger|ging)?\.\w+\( | \bprint\( | \b(?:catch|except)\s*\(                   # source code
    | ^\s*(?i: (?:docs?|feat|fix|chore|tests?|refactor|ci|style|perf|revert)(?:\([^)]*\))?!?:\ ) # history
    | (?i: ^\W*(?: (?:see|tip|hint|example|e\.g\.|how\ to|guide|runbook|faq|ticket|changelog|release\ notes?|question
        |todo|reminder)\b
        | (?:documented|handles?|handled|handling|supports?|improves?|catch(?:es)?|renamed?|mock(?:ed|s)?
        |simulat(?:e|es|ed|ing)|expected|expects?|asserts?|retry\ succeeded|recovered|resolved|fixed|ignor(?:e|ed|ing)
        |no\ longer|added|adds?|removed)\b ) )
    | (?i: ^\W*(?:note|notice)\b(?:\ that|:) | ^\W*(?:to|you\ can)\ (?:fix|avoid|resolve|solve|prevent)\b
        | \bis\ raised\ when\b
        | \b(?:if|when|where)\ you\ (?:see|get|run\ into)\b | \b(?:you|users?)\ (?:may|might|will)\ (?:see|get)\b
        | \bmeans\ that\b | \b(?:is|was)\ not\ (?:an?\ |due\ to\ |because\ of\ )?(?:out\ of\ |killed\b|oom\b) )
    | (?i: ^\W*(?:troubleshooting|common\ (?:errors|problems)|known\ (?:errors|issues)|for\ example|0\ occurrences)\b
        | \b(?:documentation|docs|manual|article|guide|wiki|readme|page)\ (?:mentions?|says?|describes?|explains?)\b
        | \bif\ (?:the|your|an?)\ (?:log|output|error|message|task|container|service)s?\ (?:shows?|says?|reads?)\b
        | \b(?:errors?|messages?|something|failures?)\ (?:such\ as|like)\b | \bno\ ["'][^"'\n]+["']\ (?:found|seen)\b
        | \b(?:it|describe|test)\(["'] | ^\W*(?:grep|rg|awk|sed)\ ["'-] )
    | (?i: \b(?:falling|falls?)\ back\b(?![^\n]*:\ [^\n]*\bfailed\b) | \busing\ (?:the\ |a\ )?defaults?\b
        | \bdefaulting\ to\b | \bcannot\ be\ preloaded\b )
    | Using\ fail-open\ to\ connect                                                    # Snowflake's connectors go on
    | \bCould\ not\ load\ dynamic\ library\ '                                          # TensorFlow goes on without
    | (?i: \boutcome\W{1,4}success | \bfrom\ unhealthy\ to\ healthy | \b(?:is|are)\ (?:now\ )?healthy\b )
    | http:\ TLS\ handshake\ error\ from | while\ SSL\ handshaking,\ client:         # a client that this server refused
    | (?i: \b(?:last|next)\ (?:week|month|year)\b )
    | (?i: \b(?:loaded|inserted|copied|wrote|processed|exported|fetched)\ \d+\ (?:rows?|records?|files?|items?)\b )
    | (?i: (?<!\bbe\ )(?<!not\ )(?<!n't\ )
        \b(?:recovered|re-?connected|re-?established|restored|succeeded|successful|resolved)\b(?!\ (?:to|by|\|)) )
    | (?i: (?<!not\ )(?<!not\ complete\ )\bsuccessfully\b(?!\.?$)
        | \b(?:is|was|are|were)\ (?:documented|expected|handled|ignored|gone)\b )
    | (?i: (?<![\w.:])(?:no|zero|without|0|never)\ (?:\w+\ ){0,2}?\w*(?:error|exception|failure)s?\b )
    | (?i: ^\W*(?:what|why|how|does|do|is|are|can|could|should|did|when)\b[^\n]*\?\s*$ ) """
)
_MESSAGES: Final = (
    "message", "msg", "error", "err", "exception", "exc_info", "exc_text", "stack", "stack_trace", "stacktrace",
    "traceback", "reason", "errorMessage", "error_message", "log", "detail", "description", "cause",
)  # fmt: skip
_CODES: Final = ("errorCode", "error_code", "errorType", "exc_type", "code", "Code")
_TASK_KEYS: Final = {"stoppedReason", "stopCode", "containers"}


def heard(text: str, where: str | None = None, ear: Ear = Ear.DEAF) -> list[Said]:
    """What the text says, the most telling first.

    Args:
        text: as it was captured.
        where: where it was said, in whatever spelling; what is not known counts as nothing said.
        ear: how much of what is said quietly is heard; that is a first suspicion only.
    """
    shortened = text if len(text) <= _START + _END else f"{text[:_START]}\n{text[-_END:]}"
    plain = plain_lines(unwrapped(shortened.strip())).strip()
    plain = plain if ear is Ear.DEAF else told_apart(plain)
    scope = scope_of(where)
    document = _document(plain)
    if document is not None:
        found = [*_of_task(document)] or [*_of_record(document, scope, ear)]
        if found:
            return found
    if scope not in {None, Scope.LOG}:
        return [*_readings(Said(plain, scope))]
    told = failing(plain, ear)
    return [*_readings(Said(told, scope, _doubts(told)))] if told else []


def scope_of(where: str | None) -> Scope | None:
    """The place that is meant, in whatever spelling; None for one that nobody knows."""
    word = re.sub(r"[^a-z0-9]", "", where.lower()) if where else ""
    within = [known for known in _SCOPES if len(known) >= _TELLING and known in word]
    return _SCOPES.get(word) or _SCOPES.get(max(within, key=len, default=""))


def _readings(said: Said) -> Iterator[Said]:
    if error := innermost(said.text):
        yield replace(said, text=error, inner=True)
    yield said


def failing(text: str, ear: Ear = Ear.DEAF) -> str:
    """The lines that may tell of a failure."""
    return "\n".join(line for line in text.split("\n") if line.strip() and not _speaks_about(line, ear))


def _doubts(told: str) -> int:
    last = told.rstrip().rsplit("\n", 1)[-1]
    warned = _WARNED.search(told) is not None
    doubtful = _DOUBTFUL.search(last) is not None or (warned and last == told.rstrip())
    return 2 if doubtful else warned + (_ANEW.search(last) is not None)


def _speaks_about(line: str, ear: Ear) -> bool:
    if _NO_FAILURE.search(line):
        return True
    level = _QUIET.search(line)
    return level is not None and _LOUD.search(line) is None and not _heard_low(line, level[0], ear)


def _heard_low(line: str, level: str, ear: Ear) -> bool:
    if ear is Ear.DEAF or _ANEW.search(line):
        return False
    return _STRONG.search(line) is not None or (ear is Ear.SHARPEST and _DEBUG.search(level) is None)


def _document(text: str) -> Mapping[str, Any] | None:
    if not (text.startswith("{") and text.endswith("}")):
        return None
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, dict) else None


def _of_task(document: Mapping[str, Any]) -> Iterator[Said]:
    """A task as DescribeTasks or EventBridge tell it."""
    if isinstance(inner := document.get("tasks"), list) and inner and isinstance(inner[0], dict):
        document = inner[0]
    if isinstance(inner := document.get("detail"), dict):
        document = inner
    if not _TASK_KEYS & set(document):
        return
    containers = [one for one in document.get("containers") or () if isinstance(one, dict)]
    reasons = [document.get("stoppedReason"), *(one.get("reason") for one in containers)]
    if said := "\n".join(str(reason) for reason in reasons if reason):
        yield Said(said, Scope.STOPPED)
    codes = [one["exitCode"] for one in containers if one.get("exitCode") is not None]
    yield from (Said(f"exit={code}", Scope.EXIT) for code in codes if code)
    if document.get("stopCode"):
        yield Said(str(document["stopCode"]), Scope.STOP_CODE)


def _of_record(document: Mapping[str, Any], scope: Scope | None, ear: Ear) -> Iterator[Said]:
    """A line of a structured log."""
    level = str(document.get("level") or document.get("levelname") or document.get("severity") or "").lower()
    low = level in {"info", "debug", "trace", "notice", "20", "10", "30"} and scope in {None, Scope.LOG}
    if low and ear is Ear.DEAF:
        yield Said("", scope)
        return
    parts = [told for key in _MESSAGES if document.get(key) and (told := _flat(document[key]))]
    codes = [str(document[key]) for key in _CODES if document.get(key)]
    if parts and codes and codes[0] not in parts[0]:
        parts.insert(0, f"{codes[0]}: {parts[0]}")
    if parts:
        told = failing("\n".join(parts), ear) if scope in {None, Scope.LOG} else "\n".join(parts)
        told = "\n".join(line for line in told.split("\n") if not low or _heard_low(line, level, ear))
        yield Said(told, scope, max(_doubts(told), 2 * level.startswith("warn")))


def _flat(value: object) -> str:
    if isinstance(value, dict):
        return ": ".join(str(one) for key in (*_CODES, "type", "name", *_MESSAGES) if (one := value.get(key)))
    if isinstance(value, str) and (inner := _document(value)):
        return "\n".join(_flat(inner[key]) for key in _MESSAGES if inner.get(key)) or value
    return "\n".join(str(one) for one in value) if isinstance(value, list) else str(value)
