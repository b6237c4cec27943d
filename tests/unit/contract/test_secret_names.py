"""Names of secrets are known by one list, whoever asks."""

import pytest

from contract.secret_names import holds_secret, may_hold_secret
from doctor.evidence.masking import masked_text


@pytest.mark.parametrize(
    ("name", "sure", "perhaps"),
    [
        ("DB_PASSWORD", True, True), ("apikey", True, True), ("API_KEY", True, True), ("SESSION_TOKEN", True, True),
        ("AWS_SECRET_ACCESS_KEY", True, True), ("KEY_PASSPHRASE", True, True), ("SNOWFLAKE_PRIVATE_KEY", True, True),
        ("DB_PASSWORD_NEW", False, True), ("TOKEN_URL", False, True), ("DB_PWD", False, True),
        ("PWD", False, True), ("CREDENTIALS", False, True), ("DB_HOST", False, False), ("KEY_COUNT", False, False),
    ],
)  # fmt: skip
def test_a_name_is_that_of_a_secret_for_sure_perhaps_or_not(name: str, sure: bool, perhaps: bool) -> None:
    assert (holds_secret(name), may_hold_secret(name)) == (sure, perhaps)


@pytest.mark.parametrize("word", ["password", "passphrase", "api-key", "aws_secret_access_key", "db_pwd"])
def test_what_stands_behind_such_a_word_in_a_text_is_hidden(word: str) -> None:
    assert masked_text(f"with {word}=canary, again") == f"with {word}=***, again"


def test_a_text_may_say_that_a_private_key_is_there() -> None:
    assert masked_text("SNOWFLAKE_PRIVATE_KEY: is not set") == "SNOWFLAKE_PRIVATE_KEY: is not set"
