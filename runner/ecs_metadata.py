"""Which task this is, asked of the ECS task metadata endpoint (version 4)."""

import http.client
import json
from collections.abc import Mapping
from typing import Final
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

METADATA_ENV: Final = "ECS_CONTAINER_METADATA_URI_V4"
UNKNOWN_TASK: Final = "unknown"
_TIMEOUT_S: Final = 2.0
_TRIES: Final = 3


def task_arn(environment: Mapping[str, str]) -> str:
    """The ARN of the task that this process runs in, or ``unknown`` outside ECS."""
    uri = environment.get(METADATA_ENV, "")
    if urlsplit(uri).scheme not in {"http", "https"}:
        return UNKNOWN_TASK
    for _ in range(_TRIES):
        try:
            with urlopen(f"{uri}/task", timeout=_TIMEOUT_S) as answer:  # noqa: S310 - the scheme is checked above
                return str(json.load(answer)["TaskARN"])
        except (URLError, OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
            continue
    return UNKNOWN_TASK
