"""What a running executor does not load."""

import os
import ssl
import subprocess
import sys
from pathlib import Path

import botocore
import pytest

from executor.cli.left_out import left_out, unneeded

ALL = {"boto3", "charset_normalizer", "pandas", "pyarrow", "rich"}


@pytest.mark.parametrize(
    ("environment", "pretty", "kept"),
    [
        ({}, False, set()),
        ({}, True, {"rich"}),
        ({"SNOWFLAKE_AUTHENTICATOR": "SNOWFLAKE_JWT"}, False, set()),
        ({"SNOWFLAKE_AUTHENTICATOR": "workload_identity"}, False, {"boto3"}),
        ({"snowflake_workload_identity_provider": "AWS"}, False, {"boto3"}),
        ({"SNOWFLAKE_DEFAULT_CONNECTION_NAME": "prod"}, False, {"boto3"}),
    ],
)
def test_what_the_way_of_signing_in_needs_is_kept(environment: dict[str, str], pretty: bool, kept: set[str]) -> None:
    assert unneeded(environment, pretty=pretty) == ALL - kept


def test_what_is_left_out_is_there_again_afterwards() -> None:
    sys.modules.pop("this", None)
    with left_out(["this", "sys"]):
        with pytest.raises(ModuleNotFoundError):
            import this  # noqa: F401, PLC0415 - any module that nobody has loaded
        import sys as loaded  # noqa: PLC0415 - one that is loaded already
    assert loaded is sys
    assert "this" not in sys.modules


def test_the_executor_starts_without_what_it_does_not_need_and_says_nothing_of_it() -> None:
    code = (
        "import sys\n"
        "from executor.cli.left_out import left_out, unneeded\n"
        "with left_out(unneeded({}, pretty=False)):\n"
        "    import executor.cli.serving\n"
        "import aiohttp.connector\n"
        f"loaded = {ALL} & set(sys.modules)\n"
        "if aiohttp.connector._SSL_CONTEXT_VERIFIED.cert_store_stats()['x509']:\n"
        "    loaded.add('authorities')\n"
        "import rich.traceback, boto3\n"
        "sys.exit(' '.join(sorted(loaded)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_no_authorities_are_read_for_requests_that_nobody_makes_and_later_ones_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(Path(botocore.__file__).with_name("cacert.pem")))
    with left_out([]):
        within = ssl.create_default_context()
    assert within.cert_store_stats()["x509"] == 0
    assert within.verify_mode is ssl.CERT_REQUIRED  # so it trusts nobody, and not everybody
    assert ssl.create_default_context().cert_store_stats()["x509"] > 100
    monkeypatch.delenv("SSL_CERT_FILE")
    with left_out([]):
        pass
    assert "SSL_CERT_FILE" not in os.environ


@pytest.mark.parametrize(("arguments", "loaded"), [(["run"], False), (["run", "--check"], True)])
def test_a_service_without_options_loads_nothing_that_reads_them(arguments: list[str], loaded: bool) -> None:
    code = (
        "import runpy, sys\n"
        "from executor.cli import foreground\n"
        "foreground.main = lambda: __import__('executor.cli.serving')\n"
        f"sys.argv = ['executor', *{arguments}]\n"
        "foreground.start = lambda **_: None\n"
        "try:\n"
        "    runpy.run_module('executor', run_name='__main__')\n"
        "except SystemExit:\n"
        "    pass\n"
        "print('typer' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, f"{loaded}\n")
