"""Signing in: what a user was made with is asked for, and each way of the settings reaches Snowflake as it should."""

import gzip
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from snowflake.connector import SnowflakeConnection
from snowflake.connector.errors import DatabaseError

from contract import sign_in
from executor.adapters.snowflake_session import SnowflakeSession
from executor.port_errors import SignInRefusedError
from tests.conformance.local_snowflake.conftest import connect

PHRASE = "canary-of-a-passphrase"


@pytest.fixture(scope="module")
def keys() -> list[rsa.RSAPrivateKey]:
    return [rsa.generate_private_key(public_exponent=65_537, key_size=2048) for _ in range(2)]


@pytest.fixture(scope="module")
def holder(administrator: SnowflakeConnection, keys: list[rsa.RSAPrivateKey]) -> str:
    """A user that signs in with the first of the keys."""
    administrator.cursor().execute("CREATE USER IF NOT EXISTS holder TYPE = SERVICE")
    administrator.cursor().execute(f"ALTER USER holder SET RSA_PUBLIC_KEY = '{public(keys[0])}'")
    return "holder"


def public(key: rsa.RSAPrivateKey) -> str:
    """The public key as ALTER USER takes it: PEM without its first and last line."""
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return "".join(pem.decode().splitlines()[1:-1])


def private(key: rsa.RSAPrivateKey, phrase: str | None = None) -> str:
    locked = serialization.BestAvailableEncryption(phrase.encode()) if phrase else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked).decode()


def settings(endpoint: dict[str, Any], user: str | None = None, **more: str) -> dict[str, str]:
    own = {"user": user} if user else {}
    place = {"account": "local", "host": str(endpoint["host"]), "port": str(endpoint["port"]), "protocol": "http"}
    return place | own | more


def arguments(given: dict[str, str]) -> dict[str, Any]:
    """What the connector gets, once nothing is wrong with the settings."""
    assert sign_in.problems(given, is_file=lambda path: Path(path).is_file(), service=True) == []
    numbers = {"port": int(given["port"]), "login_timeout": 5, "platform_detection_timeout_seconds": 0}
    return sign_in.arguments(given) | numbers


def who(given: dict[str, str]) -> str:
    with snowflake.connector.connect(**arguments(given)) as connection:
        cursor = connection.cursor()
        row = cursor.execute("SELECT CURRENT_USER()") and cursor.fetchone()
        assert isinstance(row, tuple)
        return str(row[0])


def test_a_key_signs_in_as_text_with_or_without_a_passphrase_and_as_a_file(
    endpoint: dict[str, Any], holder: str, keys: list[rsa.RSAPrivateKey], tmp_path: Path
) -> None:
    plain, locked = private(keys[0]), private(keys[0], PHRASE)
    one_line = plain.replace("\n", "\\n")
    file = tmp_path / "key.p8"
    file.write_text(locked)
    for more in (
        {"private_key": plain},
        {"private_key": one_line},
        {"private_key": locked, "private_key_passphrase": PHRASE},
        {"private_key_file": str(file), "private_key_file_pwd": PHRASE},
    ):
        assert who(settings(endpoint, holder, **more)) == "HOLDER"


def test_a_key_that_the_user_does_not_have_is_refused_and_one_of_two_is_enough(
    endpoint: dict[str, Any], administrator: SnowflakeConnection, holder: str, keys: list[rsa.RSAPrivateKey]
) -> None:
    theirs = settings(endpoint, holder, private_key=private(keys[1]))
    with pytest.raises(DatabaseError, match="390144"):
        who(theirs)
    administrator.cursor().execute(f"ALTER USER holder SET RSA_PUBLIC_KEY_2 = '{public(keys[1])}'")
    assert who(theirs) == "HOLDER"
    administrator.cursor().execute("ALTER USER holder UNSET RSA_PUBLIC_KEY_2")
    with pytest.raises(DatabaseError, match="390144"):
        who(theirs)


def test_a_key_of_one_user_does_not_sign_another_in(
    endpoint: dict[str, Any], administrator: SnowflakeConnection, keys: list[rsa.RSAPrivateKey]
) -> None:
    administrator.cursor().execute("CREATE USER IF NOT EXISTS keyless TYPE = SERVICE")
    with pytest.raises(DatabaseError, match="390144"):
        who(settings(endpoint, "keyless", private_key=private(keys[0])))


def test_a_password_is_asked_for_where_the_user_has_one_and_refused_of_a_service(
    endpoint: dict[str, Any], administrator: SnowflakeConnection, holder: str
) -> None:
    administrator.cursor().execute("CREATE USER IF NOT EXISTS person PASSWORD = 'right one'")
    assert who(settings(endpoint, "person", password="right one")) == "PERSON"
    for user, password in (("person", "wrong one"), (holder, "any")):
        with pytest.raises(DatabaseError, match="390100"):
            who(settings(endpoint, user, password=password))
    connect(endpoint).close()  # who was never created is still believed


class _Recorder:
    """A Snowflake that keeps every login request and refuses it."""

    def __init__(self) -> None:
        self.logins: list[dict[str, Any]] = []

    def handler(self) -> type[BaseHTTPRequestHandler]:
        kept = self.logins

        class Refuses(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(gzip.decompress(self.rfile.read(int(self.headers["Content-Length"]))))
                if "login-request" in self.path:
                    kept.append(body["data"])
                answer = {"data": {}, "code": "390303", "message": "Invalid OAuth access token.", "success": False}
                raw = json.dumps(answer).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None: ...

        return Refuses


@pytest.fixture
def recorder() -> Iterator[tuple[dict[str, Any], list[dict[str, Any]]]]:
    """The endpoint of such a Snowflake, and what it was sent."""
    recorder = _Recorder()
    server = ThreadingHTTPServer(("127.0.0.1", 0), recorder.handler())
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield {"host": "127.0.0.1", "port": server.server_address[1]}, recorder.logins
    server.shutdown()
    server.server_close()
    thread.join()


async def test_an_oauth_token_is_read_anew_at_each_sign_in(
    recorder: tuple[dict[str, Any], list[dict[str, Any]]], tmp_path: Path
) -> None:
    where, logins = recorder
    file = tmp_path / "token"
    file.write_text("first-token")
    session = SnowflakeSession(
        {k: v for k, v in arguments(settings(where, token_file_path=str(file))).items() if k != "login_timeout"}, "test"
    )
    for token in ("first-token", "second-token"):
        file.write_text(token)
        with pytest.raises(SignInRefusedError, match="OAuth"):
            await session.run("now")
    await session.close()
    assert [(login["AUTHENTICATOR"], login["TOKEN"]) for login in logins] == [
        ("OAUTH", "first-token"),
        ("OAUTH", "second-token"),
    ]


def test_a_workload_identity_is_tried_at_hosts_of_snowflake_only(endpoint: dict[str, Any]) -> None:
    # The proof that the task's role signs is worth something to whoever gets it: the connector itself sees to that.
    given = settings(endpoint, authenticator="WORKLOAD_IDENTITY", workload_identity_provider="AWS")
    with pytest.raises(DatabaseError, match=r"251021.*snowflakecomputing\.com"):
        snowflake.connector.connect(**arguments(given))
