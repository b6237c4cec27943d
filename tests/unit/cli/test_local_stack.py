"""The local stack takes nothing from the shell that belongs to an account."""

import pytest

from executor.cli.local_install import only
from executor.cli.local_settings import snowflake_environment
from executor.settings import ObjectNames


def test_what_the_shell_says_of_an_account_does_not_reach_the_local_snowflake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_DEFAULT_CONNECTION_NAME", "prod")
    monkeypatch.setenv("SNOWFLAKE_AUTHENTICATOR", "externalbrowser")
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "org-account")
    arguments = only(snowflake_environment("http://127.0.0.1:4711")).connect_arguments(ObjectNames())
    assert {"connection_name", "authenticator"}.isdisjoint(arguments)
    assert (arguments["account"], arguments["host"], arguments["port"]) == ("local", "127.0.0.1", 4711)
