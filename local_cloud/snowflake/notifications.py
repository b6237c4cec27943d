"""SYSTEM$SEND_SNOWFLAKE_NOTIFICATION: to a topic of the local AWS, or as a file where e-mail would be sent.

As in Snowflake the call answers when the message is taken; that it arrived is not known then (docs,
sql-reference/stored-procedures/system_send_snowflake_notification).
"""

import json
import secrets
import sys
import threading
from collections.abc import Mapping
from email.message import EmailMessage
from functools import cache
from pathlib import Path
from typing import Any, Final

from local_cloud.snowflake import integrations
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import failure, not_supported
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stage_options import is_true, strings

TAKEN: Final = "Enqueued notifications."
_TYPES: Final = ("application/json", "text/plain", "text/html")


def send(session: Session, arguments: list[str]) -> str:
    """Hand a message to each integration that is named.

    Args:
        session: whose role must have USAGE on them.
        arguments: ``{"text/plain": …}`` and ``{"integration": {…}}`` as JSON texts, or lists of them.

    Raises:
        ProgrammingError: an argument is no such text, an integration is not there, not granted, or switched off.
    """
    if len(arguments) != 2:
        raise failure(938, "22023", "SQL compilation error: SYSTEM$SEND_SNOWFLAKE_NOTIFICATION takes two arguments")
    messages, targets = (_objects(text) for text in arguments)
    if unknown := [kind for message in messages for kind in message if kind not in _TYPES]:
        raise not_supported(f"a notification of the type {unknown[0]}")
    chosen = [_chosen(session, name) | {"settings": said} for target in targets for name, said in target.items()]
    for target in chosen:
        deliver = _by_mail(session, target) if target["type"] == "EMAIL" else _to_topic(session, target)
        for message in messages:
            threading.Thread(target=deliver, args=(message,), name="notification", daemon=True).start()
    return TAKEN


def _objects(text: str) -> list[dict[str, Any]]:
    try:
        read = json.loads(text)
    except ValueError as error:
        raise not_supported("a notification that is not written as JSON texts") from error
    found = read if isinstance(read, list) else [read]
    if not found or not all(isinstance(one, dict) and one for one in found):
        raise failure(100183, "P0000", f"Invalid notification argument: {text[:100]}")  # number: memory
    return found


def _chosen(session: Session, name: str) -> dict[str, Any]:
    kept = integrations.find(session, name.upper())
    Guard(session).need(integrations.KIND, ("", "", kept["name"]), "USAGE")
    if kept.get("category") != "NOTIFICATION":
        raise failure(100183, "P0000", f"Integration {name} is not a notification integration.")  # number: memory
    if not is_true(kept["options"].get("ENABLED", "false")):
        raise failure(100183, "P0000", f"Integration {name} is not enabled.")  # number: memory
    return dict(kept)


def _to_topic(session: Session, target: Mapping[str, Any]) -> Any:
    endpoint = session.server.aws_endpoint_url
    if not endpoint:
        raise not_supported("a notification to SNS without a local AWS; start the server with --aws-endpoint-url")
    topic = str(target["options"]["AWS_SNS_TOPIC_ARN"]).strip("'")

    def publish(message: Mapping[str, Any]) -> None:
        try:
            _sns(endpoint, topic.split(":")[3]).publish(TopicArn=topic, Message=str(next(iter(message.values()))))
        except Exception as error:  # noqa: BLE001  nobody waits for it; that it was lost is told in the log
            sys.stderr.write(f"local Snowflake: a notification to {topic} was lost: {error!r}\n")

    return publish


@cache
def _sns(endpoint: str, region: str) -> Any:
    import boto3  # noqa: PLC0415  half a second that only notifications and stages in S3 need

    signing_in = boto3.Session("AKIALOCALCLOUDNOTICE", "local", region_name=region)
    return signing_in.client("sns", endpoint_url=endpoint)


def _by_mail(session: Session, target: Mapping[str, Any]) -> Any:
    options, said = target["options"], target["settings"]
    recipients = said.get("toAddress") or strings(options.get("DEFAULT_RECIPIENTS", ""))
    if not recipients:
        raise failure(100183, "P0000", f"Integration {target['name']} names no recipient.")  # number: memory
    folder: Path = session.server.data_dir / "mail"

    def write(message: Mapping[str, Any]) -> None:
        mail = EmailMessage()
        mail["To"] = ", ".join(recipients)
        mail["Subject"] = said.get("subject") or options.get("DEFAULT_SUBJECT", "").strip("'")
        ((kind, text),) = list(message.items())[:1]
        mail.set_content(str(text), subtype=kind.partition("/")[2])
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{secrets.token_hex(8)}.eml").write_bytes(bytes(mail))

    return write
