"""Where the local cloud of ``reporting up`` answers, and asking it for what is not Snowflake's or AWS's."""

import json
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from executor.cli.errors import CommandError, Exit
from executor.cli.fault_catalogue import Side
from executor.cli.local_settings import read_env

FAULTS = "/local-cloud/faults"
TIMEOUT_S = 10.0
NAMES: dict[Side, str] = {"aws": "AWS", "snowflake": "Snowflake"}


class Endpoints:
    """The two endpoints of a running local cloud."""

    def __init__(self, folder: Path) -> None:
        """Read them from the settings in a folder.

        Raises:
            CommandError: no local cloud has written settings there (2).
        """
        settings = read_env(folder)
        if not {"AWS_ENDPOINT_URL", "SNOWFLAKE_HOST", "SNOWFLAKE_PORT"} <= settings.keys():
            raise CommandError(
                f"{folder / 'env'} has no settings of a local cloud; start one with: reporting up, "
                "or name its folder with --dir",
                Exit.USAGE,
            )
        self._urls: dict[Side, str] = {
            "aws": settings["AWS_ENDPOINT_URL"],
            "snowflake": f"http://{settings['SNOWFLAKE_HOST']}:{settings['SNOWFLAKE_PORT']}",
        }

    def order(self, side: Side, order: dict[str, Any]) -> None:
        """Order trouble.

        Raises:
            CommandError: it is refused (2), or nobody answers (3).
        """
        self._ask("POST", side, [order])

    def left(self, side: Side) -> list[dict[str, Any]]:
        """What has been ordered and not struck yet.

        Raises:
            CommandError: nobody answers (3).
        """
        return self._ask("GET", side)

    def clear(self, side: Side) -> None:
        """Forget all that has been ordered.

        Raises:
            CommandError: nobody answers (3).
        """
        self._ask("DELETE", side)

    def _ask(self, method: str, side: Side, body: Any = None) -> list[dict[str, Any]]:
        url = urlparse(self._urls[side])
        connection = HTTPConnection(str(url.hostname), url.port, timeout=TIMEOUT_S)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request(method, FAULTS, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
            answer: Any = json.loads(response.read())
        except (OSError, HTTPException, ValueError) as error:
            raise CommandError(
                f"the local {NAMES[side]} does not answer at {url.geturl()} ({error}); start it with: reporting up",
                Exit.UNREACHABLE,
            ) from error
        finally:
            connection.close()
        if response.status >= 400:
            raise CommandError(
                f"the local {NAMES[side]} refuses: {answer.get('message') or answer.get('error')}", Exit.USAGE
            )
        left: list[dict[str, Any]] = answer["faults"] if isinstance(answer, dict) else answer
        return left
