"""Rows F3 and F4 of the problems from the field: the way in to Snowflake.

One local Snowflake with nothing in it but users, who sign in as real ones do.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import snowflake.connector
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from typer.testing import CliRunner

from executor.cli.main import app
from tests.field.asking import at_a_desk, classified, doctor, said
from tests.local_stack import served

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with served("local_cloud.snowflake", "--data-dir", str(tmp_path_factory.mktemp("snowflake"))) as ready:
        yield {"account": "organisation-account", "host": ready["host"], "port": ready["port"], "protocol": "http"}


@pytest.fixture(scope="module")
def owner(server: dict[str, Any]) -> Iterator[Callable[[str], object]]:
    more = {"user": "owner", "password": "any", "platform_detection_timeout_seconds": 0}
    with snowflake.connector.connect(**server, **more) as connection:
        connection.cursor().execute("CREATE ROLE report_operator")
        yield lambda sql: connection.cursor().execute(sql)


@pytest.fixture(autouse=True)
def settings(server: dict[str, Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    at_a_desk(monkeypatch, tmp_path, server)
    return monkeypatch


@pytest.mark.parametrize(
    ("given", "form", "meant"),
    [
        ("https://app.snowflake.com/acme/marketing/#/homepage", "is the address of Snowsight", "acme-marketing"),
        ("https://acme-marketing.snowflakecomputing.com", "is a pasted URL", "acme-marketing"),
        ("xy12345.eu-central-1.snowflakecomputing.com", "is the name of the host", "xy12345.eu-central-1"),
        ("ACME.MARKETING", "is organisation.account, the form of SQL", "ACME-MARKETING"),
        ("acme marketing", "has spaces in it", "acme-marketing"),
    ],
)
def test_F3_a_wrong_account_identifier_stops_the_start_with_the_form_given_and_the_one_that_is_meant(
    settings: pytest.MonkeyPatch, given: str, form: str, meant: str
) -> None:
    settings.setenv("SNOWFLAKE_ACCOUNT", given)
    found = doctor("settings")["settings"]
    assert found["state"] == "failed"
    assert f"SNOWFLAKE_ACCOUNT: {form}; meant is {meant} (" in said(found)
    done = CliRunner().invoke(app, ["run", "--check"])
    assert f"{form}; meant is {meant}" in str(done.exception) + done.output


def test_F3_where_nobody_knows_the_account_the_other_order_is_offered_and_the_text_is_known(
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setenv("SNOWFLAKE_PORT", "1")
    settings.setenv("SNOWFLAKE_ACCOUNT", "marketing-acme")
    found = doctor("sign_in")["sign_in"]
    assert found["state"] == "failed"
    assert "is read as organisation marketing, account acme; if that is the wrong way round, acme-marketing" in said(
        found
    )
    text = "250001 (08001): Failed to connect to DB. Verify the account name is correct: marketing-acme. HTTP 403"
    assert classified(text)["cause_id"] == "snowflake_account_name"


def key_pair(folder: Path) -> tuple[str, str]:
    """A private key's file, and the public key as ALTER USER takes it."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    path = folder / f"{len(list(folder.iterdir()))}.p8"
    none = serialization.NoEncryption()
    path.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, none))
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return str(path), base64.b64encode(public).decode()


def test_F4_a_key_that_is_not_the_users_is_told_with_its_meaning_and_what_to_do(
    owner: Callable[[str], object], settings: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (mine, public), (other, _) = key_pair(tmp_path), key_pair(tmp_path)
    owner(f"CREATE OR REPLACE USER svc_keys TYPE = SERVICE DEFAULT_ROLE = report_operator RSA_PUBLIC_KEY = '{public}'")
    owner("GRANT ROLE report_operator TO USER svc_keys")
    settings.delenv("SNOWFLAKE_PASSWORD")
    settings.setenv("SNOWFLAKE_USER", "SVC_KEYS")
    settings.setenv("SNOWFLAKE_PRIVATE_KEY_FILE", other)
    found = doctor("sign_in", "user")
    assert found["sign_in"]["state"] == "failed"
    assert "refuses the sign-in of SVC_KEYS" in said(found["sign_in"])
    assert "the key or token that it signs in with" in said(found["sign_in"])
    assert "wrong way round" not in said(found["sign_in"])  # whoever answers so knows the account
    assert found["user"]["state"] == "could not look"
    assert classified(found["sign_in"]["faults"][0]["says"])["cause_id"] == "snowflake_key_pair"
    settings.setenv("SNOWFLAKE_PRIVATE_KEY_FILE", mine)
    found = doctor("sign_in", "user")
    assert [said(check) for check in found.values() if check["state"] != "well"] == []


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (
            "LEGACY_SERVICE",
            "user SVC_OLD is a LEGACY_SERVICE, a type that Snowflake takes away together with passwords",
        ),
        ("PERSON", "user SVC_OLD is a person who signs in with a password: Snowflake asks a second factor"),
    ],
)
def test_F4_a_user_whose_password_will_be_refused_is_warned_of_while_it_still_works(
    owner: Callable[[str], object], settings: pytest.MonkeyPatch, kind: str, says: str
) -> None:
    owner(f"CREATE OR REPLACE USER svc_old TYPE = {kind} PASSWORD = 'canary-1' DEFAULT_ROLE = report_operator")
    owner("GRANT ROLE report_operator TO USER svc_old")
    settings.setenv("SNOWFLAKE_USER", "SVC_OLD")
    settings.setenv("SNOWFLAKE_PASSWORD", "canary-1")
    found = doctor("sign_in", "user")
    assert (found["sign_in"]["state"], found["user"]["state"]) == ("well", "warned")
    assert says in said(found["user"])
    assert "ALTER USER SVC_OLD SET TYPE = SERVICE" in said(found["user"])
    assert "canary" not in json.dumps(found)


def test_F4_a_password_for_a_service_is_refused_before_the_start_where_an_account_is_meant(
    settings: pytest.MonkeyPatch,
) -> None:
    settings.setenv("SNOWFLAKE_HOST", "organisation-account.snowflakecomputing.com")
    settings.setenv("SNOWFLAKE_PROTOCOL", "https")
    found = doctor("settings")["settings"]
    assert re.search(r"SNOWFLAKE_PASSWORD: is for a local Snowflake; service users of an account cannot", said(found))
