"""One whole way to sign in, or every reason why there is none."""

import base64

import pytest

from contract import sign_in

KEY = "-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(b"canary-of-a-key").decode() + "\n-----END PRIVATE KEY-----\n"
LOCKED = KEY.replace("PRIVATE", "ENCRYPTED PRIVATE")
ACCOUNT = {"account": "org-account"}
WHO = ACCOUNT | {"user": "reports"}
LOCAL = WHO | {"host": "127.0.0.1"}


def told(given: dict[str, str], *, service: bool = True) -> list[str]:
    found = sign_in.problems(given, is_file=lambda path: path == "there", service=service)
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    "given",
    [
        ACCOUNT | {"authenticator": "WORKLOAD_IDENTITY", "workload_identity_provider": "AWS"},
        ACCOUNT | {"workload_identity_provider": "AWS"},
        WHO | {"private_key": KEY},
        WHO | {"private_key": LOCKED, "private_key_passphrase": "phrase"},
        WHO | {"private_key_file": "there"},
        WHO | {"authenticator": "snowflake_jwt", "private_key_file": "there", "private_key_file_pwd": "phrase"},
        ACCOUNT | {"token_file_path": "there"},
        LOCAL | {"password": "any"},
        WHO | {"host": "snowflake", "protocol": "http", "password": "any"},
        WHO | {"password": "any", "allow_password": "true"},
        WHO | {"authenticator": "externalbrowser"},
        ACCOUNT | {"authenticator": "PROGRAMMATIC_ACCESS_TOKEN", "password": "token"},
    ],
)
def test_a_whole_way_is_taken(given: dict[str, str]) -> None:
    assert told(given) == []


@pytest.mark.parametrize(
    ("given", "variable", "why"),
    [
        (WHO, "SNOWFLAKE_AUTHENTICATOR", "no way to sign in"),
        (ACCOUNT | {"private_key": KEY}, "SNOWFLAKE_USER", "is not set"),
        (LOCAL | {"private_key": KEY, "password": "x"}, "SNOWFLAKE_AUTHENTICATOR", "_KEY and SNOWFLAKE_PASSWORD"),
        (ACCOUNT | {"authenticator": "WORKLOAD_IDENTITY"}, "SNOWFLAKE_WORKLOAD_IDENTITY_PROVIDER", "is not set"),
        (WHO | {"authenticator": "SNOWFLAKE_JWT"}, "SNOWFLAKE_PRIVATE_KEY", "nor SNOWFLAKE_PRIVATE_KEY_FILE"),
        (WHO | {"private_key": "nonsense"}, "SNOWFLAKE_PRIVATE_KEY", "PEM"),
        (WHO | {"private_key": KEY.replace("Y2Fu", "Y2*n")}, "SNOWFLAKE_PRIVATE_KEY", "base64"),
        (WHO | {"private_key": KEY, "private_key_file": "there"}, "SNOWFLAKE_PRIVATE_KEY", "leave one"),
        (WHO | {"private_key": LOCKED}, "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "encrypted"),
        (
            WHO | {"private_key": KEY, "private_key_passphrase": "x"},
            "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE", "not encrypted",
        ),
        (WHO | {"private_key_file": "absent"}, "SNOWFLAKE_PRIVATE_KEY_FILE", "no file absent"),
        (ACCOUNT | {"token_file_path": "absent"}, "SNOWFLAKE_TOKEN_FILE_PATH", "no file absent"),
        (
            ACCOUNT | {"authenticator": "OAUTH", "token_file_path": "there", "password": "x"},
            "SNOWFLAKE_PASSWORD", "does not go with",
        ),
        (WHO | {"password": "x"}, "SNOWFLAKE_PASSWORD", "REPORTING_ALLOW_PASSWORD"),
        (WHO | {"password": "x", "host": "127.evil.example"}, "SNOWFLAKE_PASSWORD", "local"),
    ],
)  # fmt: skip
def test_half_a_way_or_two_are_refused_by_their_variable(given: dict[str, str], variable: str, why: str) -> None:
    [problem] = told(given)
    assert problem.startswith(f"{variable}: ")
    assert why in problem


@pytest.mark.parametrize(
    ("text", "allows"),
    [(" True ", True), ("1", True), ("yes", True), ("ON", True), ("false", False), ("0", False), ("", False)],
)
def test_the_switch_for_passwords_is_read_in_one_way(text: str, *, allows: bool) -> None:
    assert sign_in.allows_password(text) is allows


def test_the_switch_for_passwords_says_yes_or_no() -> None:
    with pytest.raises(ValueError, match="is 'maybe'; write true or false"):
        sign_in.allows_password("maybe")


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = told({"private_key": "nonsense", "private_key_file": "absent", "password": "x", "authenticator": "OAUTH"})
    assert {line.split(":")[0] for line in wrong} == {
        "SNOWFLAKE_ACCOUNT", "SNOWFLAKE_PRIVATE_KEY", "SNOWFLAKE_PRIVATE_KEY_FILE", "SNOWFLAKE_PASSWORD",
        "SNOWFLAKE_TOKEN_FILE_PATH",
    }  # fmt: skip


def test_p21_no_refusal_shows_a_secret() -> None:
    wrong = told(
        {
            "authenticator": "OAUTH",
            "password": "canary-of-a-password",
            "private_key": "canary-of-a-key",
            "private_key_passphrase": "canary-of-a-phrase",
        }
    )
    assert wrong
    assert "canary" not in " ".join(wrong)


def test_a_person_may_sign_in_with_a_password() -> None:
    assert told(WHO | {"password": "x"}, service=False) == []


def test_what_is_laid_over_a_named_connection_need_not_be_whole_but_must_fit() -> None:
    assert sign_in.clashes({"role": "R"}, is_file=bool) == []
    [clash] = sign_in.clashes({"authenticator": "OAUTH", "password": "x"}, is_file=bool)
    assert clash.field == "SNOWFLAKE_PASSWORD"


def test_the_connector_is_given_the_authenticator_and_the_keys_own_bytes() -> None:
    taken = sign_in.arguments(WHO | {"private_key": LOCKED, "private_key_passphrase": "phrase", "port": 443})
    assert taken["authenticator"] == "SNOWFLAKE_JWT"
    assert (taken["private_key"], taken["private_key_passphrase"]) == (b"canary-of-a-key", b"phrase")
    assert taken["port"] == 443
    assert sign_in.arguments(LOCAL | {"password": "x", "allow_password": "true"}) == LOCAL | {"password": "x"}
    assert sign_in.arguments({"authenticator": "externalbrowser"}) == {"authenticator": "externalbrowser"}
