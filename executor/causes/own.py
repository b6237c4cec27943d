"""Causes of one's own: a TOML file with ``[[causes]]`` and ``[[texts]]``, checked as a whole before it is used.

A text may lead to a cause of the file or to a shipped one. What is wrong is told all at once, each by its place.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from contract.outcome import CodeRan
from executor.core.causes import Catalogue, Cause, Certainty, Confidence, Fault, Retry, Scope, Text, compiled
from executor.core.families import Family
from executor.core.needles import needles
from executor.core.spoken import scope_of


class OwnCausesError(ValueError):
    """The file of own causes cannot be used; the message lists everything that is wrong."""


def _place(value: object) -> object:
    return scope_of(value) or value if isinstance(value, str) else value


class _Cause(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]{2,63}$")
    family: Family
    means: str = Field(min_length=1, max_length=250)
    remedy: str = Field(min_length=1, max_length=250)
    retry_helps: Retry
    fault: Fault = Fault.DEPLOYMENT
    code_ran: CodeRan = CodeRan.MAYBE


class _Text(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    cause: str
    where: Annotated[Scope, BeforeValidator(_place)]
    pattern: str = Field(min_length=4)
    example: str = Field(min_length=1)
    certainty: Certainty = Certainty.LIKELY


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    causes: tuple[_Cause, ...] = ()
    texts: tuple[_Text, ...] = ()


def texts(path: str, shipped: Catalogue) -> tuple[Text, ...]:
    """The texts of a file, in its order.

    Args:
        path: the file.
        shipped: the catalogue whose causes its texts may lead to, and whose ids it may not take.

    Raises:
        OwnCausesError: with everything that is wrong in the file, one line each.
    """
    found = _read(path)
    known = {cause.cause_id: cause for cause in shipped.causes}
    wrong = [f"causes: {cause.id} is a cause of the catalogue already" for cause in found.causes if cause.id in known]
    ids = [cause.id for cause in found.causes]
    wrong += [f"causes: {one} stands there twice" for one in dict.fromkeys(ids) if ids.count(one) > 1]
    named = known | {cause.id: _cause(cause) for cause in found.causes}
    wrong += [f"texts.{place}: {says}" for place, text in enumerate(found.texts) for says in _faults(text, named)]
    told = {text.cause for text in found.texts}
    wrong += [f"causes: {one} has no text that leads to it" for one in ids if one not in told]
    if wrong:
        raise _error(path, wrong)
    return tuple(_text(text, named) for text in found.texts)


def _read(path: str) -> _File:
    try:
        return _File.model_validate(tomllib.loads(Path(path).read_text(encoding="utf-8")))
    except OSError as error:
        raise OwnCausesError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise OwnCausesError(f"{path}: is no TOML: {error}") from error
    except ValidationError as error:
        raise _error(path, (_says(item) for item in error.errors(include_url=False))) from error


def _says(item: Mapping[str, Any]) -> str:
    return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"


def _error(path: str, wrong: Iterable[str]) -> OwnCausesError:
    return OwnCausesError(f"{path}: " + "; ".join(wrong))


def _faults(text: _Text, named: Mapping[str, Cause]) -> Iterable[str]:
    if text.cause not in named:
        yield f"there is no cause {text.cause}"
    try:
        pattern = compiled(text.pattern)
    except re.error as error:
        yield f"the pattern is no regular expression: {error}"
        return
    if pattern.search(""):
        yield "the pattern matches every text"
    elif not pattern.search(text.example):
        yield "the pattern does not match its own example"


def _cause(cause: _Cause) -> Cause:
    return Cause(
        cause_id=cause.id,
        family=cause.family,
        fault=cause.fault,
        retry=cause.retry_helps,
        code_ran=cause.code_ran,
        failure_class=None,
        summary=cause.means,
        remedy=cause.remedy,
    )


def _text(text: _Text, named: Mapping[str, Cause]) -> Text:
    return Text(
        scope=text.where,
        pattern=compiled(text.pattern),
        cause=named[text.cause],
        certainty=text.certainty,
        confidence=Confidence.FIELD,
        source="your own file",
        example=text.example,
        needles=needles(text.pattern),
    )
