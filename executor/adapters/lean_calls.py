"""Spends less on each call of AWS: what the SDK works out anew every time, and has not changed, is kept.

A call passes a dozen events with some thirty handlers, each of whose answers is asked in the general way whether it is
to be awaited; few are. A signature reads the headers twice through the machinery of e-mail, and derives its key, which
is the same for a whole day, by four digests. And where a call goes is found by rules that are given the name of the
object too, so that no answer is ever of use again, though no rule looks at it. What is sent is the same, byte for byte.
"""

import hmac
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from hashlib import sha256
from inspect import isawaitable
from types import CoroutineType
from typing import Any, Final

from aiobotocore.hooks import AioHierarchicalEmitter
from aiobotocore.session import AioSession
from botocore import auth

_UNSIGNED: Final = frozenset(auth.SIGNED_HEADERS_BLACKLIST)
_PLAIN: Final = frozenset({type(None), bool, str, dict, tuple})
"""Kinds of answers that are never awaited."""


def frugal_session() -> AioSession:
    """A new session whose clients spend less on each call."""
    auth.AUTH_TYPE_MAPS.update({"v4": _Signature, "s3v4": _S3Signature})
    return AioSession(event_hooks=_Emitter())


def remember_places(client: Any) -> None:
    """Let a client find out only once where its calls of one kind, for one bucket, go."""
    if (resolver := client._ruleset_resolver) is not None:  # noqa: SLF001 - the SDK gives it no other name
        resolver._get_provider_params = _Places(resolver)  # noqa: SLF001 - likewise


class _Places:
    """What the rules are told of a call."""

    def __init__(self, resolver: Any) -> None:
        self._resolver, self._anew = resolver, resolver._get_provider_params  # noqa: SLF001 - the SDK gives them no other name
        self._known: dict[tuple[Any, ...], dict[str, Any]] = {}

    async def __call__(self, operation: Any, given: Mapping[str, Any], context: Any) -> dict[str, Any]:
        # A bucket may turn out to be in another Region: the SDK then changes what is built in, through this event.
        built_in = await self._resolver._get_customized_builtins(operation, given, context)  # noqa: SLF001 - likewise
        call = operation.name, given.get("Bucket"), *built_in.values()
        if (known := self._known.get(call)) is None:
            found = await self._anew(operation, given, context)
            known = self._known[call] = {name: one for name, one in found.items() if name != "Key"}
        return known


class _Emitter(AioHierarchicalEmitter):
    _lookup_cache: dict[str, Any]
    _handlers: Any

    async def _emit(self, event_name: str, kwargs: dict[str, Any], stop_on_response: bool = False) -> list[Any]:
        handlers = self._lookup_cache.get(event_name)
        if handlers is None:
            handlers = self._lookup_cache[event_name] = self._handlers.prefix_search(event_name)
        if not handlers:
            return []
        kwargs["event_name"] = event_name
        responses: list[Any] = []
        for handler in handlers:
            response = handler(**kwargs)
            kind = type(response)
            if kind not in _PLAIN and (kind is CoroutineType or isawaitable(response)):
                response = await response
            responses.append((handler, response))
            if stop_on_response and response is not None:
                break
        return responses


class _Signature(auth.SigV4Auth):
    """Signature version 4; one of these is made for every request."""

    _region_name: str
    _service_name: str
    _signed: dict[str, list[str]] | None = None

    def headers_to_sign(self, request: Any) -> Any:
        if self._signed is None:
            # What is added after the first look is the signature itself.
            self._signed = _by_name(request.headers.raw_items())
            if "host" not in self._signed:
                self._signed["host"] = [_host(request.url)]
        return self._signed

    def add_auth(self, request: Any) -> None:
        self._signed = None
        super().add_auth(request)

    def canonical_headers(self, headers_to_sign: Any) -> str:
        lines = (
            f"{name}:{','.join(' '.join(value.split()) for value in headers_to_sign[name])}"
            for name in sorted(headers_to_sign)
        )
        return "\n".join(lines)

    def signed_headers(self, headers_to_sign: Any) -> str:
        return ";".join(sorted(headers_to_sign))

    def signature(self, string_to_sign: str, request: Any) -> str:
        day = request.context["timestamp"][:8]
        key = _key(self.credentials.secret_key, day, self._region_name, self._service_name)
        return hmac.new(key, string_to_sign.encode(), sha256).hexdigest()


class _S3Signature(_Signature, auth.S3SigV4Auth):
    """The same with S3's own ways: the digest of the body is a header, and paths are signed as they are."""


_host: Callable[[str], str] = vars(auth)["_host_from_url"]  # the SDK gives it no other name


def _by_name(headers: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        if (lower := name.lower()) not in _UNSIGNED:
            found.setdefault(lower, []).append(value)
    return found


@lru_cache(maxsize=8)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), sha256).digest()
    return key
