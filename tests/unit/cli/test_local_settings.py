"""The settings that the local stack leaves for clients."""

import subprocess
from pathlib import Path

from executor.cli.local_settings import read_env, write_files


def test_settings_can_be_sourced_whatever_the_folder_is_called(tmp_path: Path) -> None:
    settings = {"SNOWFLAKE_HOME": "/home/my reports $(touch x) ü/.local", "SNOWFLAKE_ACCOUNT": "local", "EMPTY": ""}
    write_files(tmp_path, settings)
    script = f'set -eu; . \'{tmp_path}/env\'; printf \'%s|%s|%s\' "$SNOWFLAKE_HOME" "$SNOWFLAKE_ACCOUNT" "$EMPTY"'
    said = subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path).stdout
    assert said == "|".join(settings.values())
    assert not (tmp_path / "x").exists()
    assert read_env(tmp_path) == settings


def test_plain_values_stand_as_they_are(tmp_path: Path) -> None:
    write_files(tmp_path, {"AWS_ENDPOINT_URL": "http://127.0.0.1:4000"})
    assert (tmp_path / "env").read_text() == "AWS_ENDPOINT_URL=http://127.0.0.1:4000\n"
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0
