"""What a running executor does not load."""

import subprocess
import sys

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
        f"loaded = {ALL} & set(sys.modules)\n"
        "import rich.traceback, boto3\n"
        "sys.exit(' '.join(sorted(loaded)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


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
