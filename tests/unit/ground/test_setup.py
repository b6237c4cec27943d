"""How an environment is made on a bare machine; programs are stood in for by scripts that note how they are called."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def setup() -> ModuleType:
    spec = importlib.util.spec_from_file_location("ground_setup", ROOT / ".ci" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def program(path: Path, script: str) -> Path:
    """An executable that notes its arguments in ``calls`` beside it, then does as the script says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$@" >> "{path.parent}/calls"\n{script}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def calls(path: Path) -> list[str]:
    return (path.parent / "calls").read_text(encoding="utf-8").splitlines()


def test_pips_environment_wins_over_install_and_that_over_global(setup: ModuleType) -> None:
    listing = (
        "global.index-url='https://g'\nglobal.cert='/c'\n:env:.index-url='https://e'\ninstall.index-url='https://i'\n"
    )
    assert setup.pip_settings(listing) == {"index-url": "https://e", "cert": "/c"}
    assert setup.pip_settings("") == {}


def test_what_pip_was_told_reaches_uv(setup: ModuleType) -> None:
    told = {
        "index-url": "https://mirror/simple",
        "cert": "/ca.pem",
        "proxy": "http://p",
        "trusted-host": "\nmirror\nother",
    }
    found = setup.uv_environment({"PATH": "/bin"}, told)
    assert found == {
        "PATH": "/bin",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_DEFAULT_INDEX": "https://mirror/simple",
        "SSL_CERT_FILE": "/ca.pem",
        "HTTPS_PROXY": "http://p",
        "UV_INSECURE_HOST": "mirror other",
    }


@pytest.mark.parametrize("name", ["UV_DEFAULT_INDEX", "UV_INDEX_URL"])
def test_what_uv_was_told_stands(setup: ModuleType, name: str) -> None:
    found = setup.uv_environment({name: "https://own"}, {"index-url": "https://mirror"})
    assert {key: value for key, value in found.items() if "INDEX" in key} == {name: "https://own"}


def test_no_setting_leads_to_an_environment_elsewhere(setup: ModuleType) -> None:
    elsewhere = dict.fromkeys(setup.ELSEWHERE, "/elsewhere")
    assert setup.uv_environment(elsewhere, {}) == {"UV_PYTHON_DOWNLOADS": "never"}
    assert not set(setup.pip_environment(elsewhere)) & set(elsewhere)


@pytest.mark.parametrize("told", ["https://own/simple?a=b", "corp=https://own/simple?a=b"])
def test_what_only_uv_was_told_reaches_pip(setup: ModuleType, told: str) -> None:
    assert setup.pip_environment({"UV_DEFAULT_INDEX": told})["PIP_INDEX_URL"] == "https://own/simple?a=b"
    both = setup.pip_environment({"UV_DEFAULT_INDEX": told, "PIP_INDEX_URL": "https://pips"})
    assert both["PIP_INDEX_URL"] == "https://pips"


def test_a_uv_of_exactly_the_wanted_version_on_the_path_is_taken(setup: ModuleType, tmp_path: Path) -> None:
    uv = program(tmp_path / "bin" / "uv", f"echo 'uv {setup.UV_VERSION} (linux)'")
    assert setup.find_uv("python", tmp_path / "tools", {"PATH": str(uv.parent)}) == uv


def test_another_version_is_passed_over(setup: ModuleType, tmp_path: Path) -> None:
    other = program(tmp_path / "bin" / "uv", "echo 'uv 0.1.0'")
    ours = program(tmp_path / "tools" / "bin" / "uv", f"echo 'uv {setup.UV_VERSION}'")
    assert setup.find_uv("python", tmp_path / "tools", {"PATH": str(other.parent)}) == ours


def test_a_python_without_venv_installs_uv_into_a_plain_folder(setup: ModuleType, tmp_path: Path) -> None:
    uv = tmp_path / "tools" / "target" / "bin" / "uv"
    source = program(tmp_path / "made" / "uv", f"echo 'uv {setup.UV_VERSION}'")
    script = f'[ "$2" = venv ] && exit 1\nmkdir -p "{uv.parent}" && cp "{source}" "{uv}"'
    python = program(tmp_path / "bin" / "python", script)
    assert setup.install_uv(str(python), tmp_path / "tools", {"PATH": "/usr/bin:/bin"}) == uv
    assert [call.split()[1] for call in calls(python)] == ["venv", "pip"]


def test_an_unreachable_index_says_what_to_do(setup: ModuleType, tmp_path: Path) -> None:
    python = program(tmp_path / "bin" / "python", "echo 'no route to host' >&2; exit 1")
    with pytest.raises(setup.SetupError, match=r"PIP_INDEX_URL(?s:.*)no route to host"):
        setup.install_uv(str(python), tmp_path / "tools", {"PATH": "/usr/bin:/bin"})


def test_a_new_environment_is_made_then_filled_from_the_lock(setup: ModuleType, tmp_path: Path) -> None:
    uv = program(tmp_path / "bin" / "uv", "")
    folder = tmp_path / "a project"
    folder.mkdir()
    setup.sync(uv, sys.executable, folder, ["--all-extras"], {"PATH": "/usr/bin:/bin"})
    made, exported, synced = calls(uv)
    assert made.startswith("venv ")
    assert exported.startswith("export --quiet --frozen ")
    assert exported.endswith("locked.txt --all-extras")
    assert synced.startswith("pip sync ")


def test_an_environment_of_another_python_is_made_anew(setup: ModuleType, tmp_path: Path) -> None:
    program(tmp_path / ".venv" / "bin" / "python", "echo '(3, 10, 0)'")
    assert not setup.is_same_python(tmp_path / ".venv", sys.executable)
    program(tmp_path / ".venv" / "bin" / "python", f'exec "{sys.executable}" "$@"')
    assert setup.is_same_python(tmp_path / ".venv", sys.executable)


def test_a_refusing_uv_says_what_to_do(setup: ModuleType, tmp_path: Path) -> None:
    uv = program(tmp_path / "bin" / "uv", '[ "$1" != pip ]')
    with pytest.raises(setup.SetupError, match="UV_DEFAULT_INDEX"):
        setup.sync(uv, sys.executable, tmp_path, [], {"PATH": "/usr/bin:/bin"})


def test_the_programs_of_the_checkout_are_compiled_and_what_cannot_be_stops_nothing(
    setup: ModuleType, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for place, text in (
        ("ours/__init__.py", ""),
        ("ours/deep/one.py", "A = 1"),
        ("ours/broken.py", "A ="),
        ("b/c.py", ""),
    ):
        tmp_path.joinpath(place).parent.mkdir(parents=True, exist_ok=True)
        tmp_path.joinpath(place).write_text(text, encoding="utf-8")
    setup.compile_sources(tmp_path, Path(sys.executable))
    compiled = {found.name.partition(".")[0] for found in tmp_path.rglob("*.pyc")}
    assert compiled == {"__init__", "one"}
    assert capfd.readouterr() == ("", "")


def test_a_folder_without_programs_compiles_nothing(setup: ModuleType, tmp_path: Path) -> None:
    python = program(tmp_path / "bin" / "python", "")
    setup.compile_sources(tmp_path, python)
    assert not (tmp_path / "bin" / "calls").exists()
