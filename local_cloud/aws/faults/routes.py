"""Orders of trouble over HTTP."""

import json
from collections.abc import Callable
from typing import Any

from local_cloud.aws.faults.orders import FaultBook, FaultOrderError

FAULTS_PATH = "/local-cloud/faults"


def answer(book: FaultBook, environ: dict[str, Any], strike_running: Callable[[], None]) -> tuple[str, Any]:
    """Take orders (POST), clear them (DELETE) or only show what is left (GET).

    Args:
        book: the orders.
        environ: the request.
        strike_running: strikes what runs already and is now ordered to be struck.

    Returns:
        Status and document.
    """
    method = environ.get("REQUEST_METHOD")
    if method == "POST":
        try:
            book.add(json.loads(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)) or b"[]"))
        except ValueError as error:
            return "400 Bad Request", {"message": _told(error)}
        strike_running()
    elif method == "DELETE":
        book.clear()
    elif method != "GET":
        return "405 Method Not Allowed", {"message": "POST a list of orders, GET what is left, DELETE all"}
    return "200 OK", book.left()


def _told(error: ValueError) -> str:
    return str(error) if isinstance(error, FaultOrderError) else f"not JSON: {error}"
