"""What moto does not have is refused by name.

Stock, moto answers with an HTML page and status 500, which clients take for a server in trouble and ask again.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any

from local_cloud.aws.faults.answers import ErrorAnswer
from local_cloud.aws.faults.gate import refuse
from local_cloud.aws.faults.operations import SIGNED_FOR, Operation

IN_WORDS = re.compile(r"The (\w+) action has not been implemented")
CODE = "NotImplemented"
PROTOCOLS = {"s3": "s3", "scheduler": "json"}  # of services that name no target; all others speak query

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def honest(stock: WsgiApp) -> WsgiApp:
    """Put refusals, in the service's own protocol, in the place of what moto raises."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            return stock(environ, start_response)
        except NotImplementedError as error:
            operation = _operation(environ, str(error))
            told = f"not supported by the local cloud: {operation.service}:{operation.name}"
            return refuse(ErrorAnswer(400, CODE, told), operation, start_response)

    return answer


def _operation(environ: dict[str, Any], words: str) -> Operation:
    signed = SIGNED_FOR.search(str(environ.get("HTTP_AUTHORIZATION", "")))
    service = signed.group(1) if signed else "?"
    if target := str(environ.get("HTTP_X_AMZ_TARGET", "")):
        return Operation(service, target.rpartition(".")[2], "json", "")
    if found := IN_WORDS.search(words):
        name = "".join(word.capitalize() for word in found.group(1).split("_"))
    else:
        name = f"{environ.get('REQUEST_METHOD')} {environ.get('PATH_INFO')}?{environ.get('QUERY_STRING', '')}"
    return Operation(service, name, PROTOCOLS.get(service, "query"), "")
