"""Brings one environment up to what its lock says, on a machine that has only Python and a package index.

``python setup.py FOLDER [options of uv export]`` fills ``FOLDER/.venv``. The lock's packages go through
``uv export`` and ``uv pip sync``, hashes checked, because ``uv sync --frozen`` fetches from the addresses written in
the lock and so passes by a mirror. Needs nothing outside the standard library.
"""

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

UV_VERSION = "0.13.9"
ROOT = Path(__file__).resolve().parent.parent
TOOLS = ROOT / ".tools"

# What would lead uv or pip away from the environments of this folder.
ELSEWHERE = ("CONDA_PREFIX", "PIP_TARGET", "PIP_USER", "UV_PROJECT", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON")
# pip's settings that uv knows under other names; the first name is set, none of them may be set already.
UV_NAMES = {
    "index-url": ("UV_DEFAULT_INDEX", "UV_INDEX_URL"),
    "cert": ("SSL_CERT_FILE",),
    "client-cert": ("SSL_CLIENT_CERT",),
    "proxy": ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"),
    "trusted-host": ("UV_INSECURE_HOST",),
}


class SetupError(Exception):
    """The environment could not be made; the message says what to do."""


def pip_settings(listing: str) -> dict[str, str]:
    """The settings in an answer of ``pip config list``; the environment wins over ``install``, that over ``global``."""
    found: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in listing.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(f"{section}."):
                found[key.removeprefix(f"{section}.")] = str(ast.literal_eval(value))
    return found


def uv_environment(environ: Mapping[str, str], pip: Mapping[str, str]) -> dict[str, str]:
    """The environment for uv: the user's own, completed by what pip was told, and bound to this folder."""
    ours = {name: value for name, value in environ.items() if name not in ELSEWHERE}
    ours["UV_PYTHON_DOWNLOADS"] = "never"
    for setting, names in UV_NAMES.items():
        if pip.get(setting) and not any(environ.get(name) for name in names):
            ours[names[0]] = " ".join(pip[setting].split())
    return ours


def pip_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment for pip: the user's own, with uv's index where only uv was told of one."""
    ours = {name: value for name, value in environ.items() if name not in ELSEWHERE}
    index = environ.get("UV_DEFAULT_INDEX") or environ.get("UV_INDEX_URL")
    if index and not environ.get("PIP_INDEX_URL"):
        name, named, address = index.partition("=")
        ours["PIP_INDEX_URL"] = address if named and "/" not in name else index
    return ours | {"PIP_REQUIRE_VIRTUALENV": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


def is_wanted_uv(path: Path | str | None) -> bool:
    """Whether this is a uv of exactly the wanted version."""
    try:
        told = subprocess.run([str(path), "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - a path that we looked up
    except OSError:
        return False
    return told.split()[:2] == ["uv", UV_VERSION]


def find_uv(python: str, tools: Path, environ: Mapping[str, str]) -> Path:
    """A uv of the wanted version: the one on the path, ours of last time, or one installed now.

    Raises:
        SetupError: neither a virtual environment nor ``pip --target`` could install it.
    """
    on_path = shutil.which("uv", path=environ.get("PATH"))
    if on_path and is_wanted_uv(on_path):
        return Path(on_path)
    for ours in (tools / "bin" / "uv", tools / "target" / "bin" / "uv"):
        if is_wanted_uv(ours):
            return ours
    return install_uv(python, tools, pip_environment(environ))


def install_uv(python: str, tools: Path, environ: Mapping[str, str]) -> Path:
    """Install uv into ``tools``: an environment of its own, or a plain folder where Python cannot make one."""
    wanted = f"uv=={UV_VERSION}"
    say(f"installing {wanted} into {tools.name}/")
    attempts: tuple[tuple[list[list[str]], Path], ...] = (
        (
            [
                [python, "-m", "venv", "--clear", str(tools)],
                [str(tools / "bin" / "python"), "-m", "pip", "install", "--quiet", wanted],
            ],
            tools / "bin" / "uv",
        ),
        (
            [[python, "-m", "pip", "install", "--quiet", "--upgrade", "--target", str(tools / "target"), wanted]],
            tools / "target" / "bin" / "uv",
        ),
    )
    said = []
    for commands, uv in attempts:
        for command in commands:
            done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - our own commands
            if done.returncode != 0:
                said.append(f"$ {' '.join(command)}\n{(done.stderr or done.stdout).strip()}")
                break
        if is_wanted_uv(uv):
            return uv
    raise SetupError(
        f"{wanted} could not be installed. Check that this machine reaches a package index (PIP_INDEX_URL, PIP_CERT "
        f"or pip.conf name another one), that {python} has pip or venv (Debian: the package python3-venv), or put "
        f"{wanted} on the PATH.\n" + "\n".join(said)
    )


def read_pip_settings(pythons: Sequence[str | Path]) -> dict[str, str]:
    """What pip is told on this machine, asked of the first Python that has pip."""
    for python in pythons:
        try:
            done = subprocess.run(  # noqa: S603 - our own command
                [str(python), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
            )
        except OSError:
            continue
        if done.returncode == 0:
            return pip_settings(done.stdout)
    return {}


def sync(uv: Path, python: str, folder: Path, options: Sequence[str], environ: Mapping[str, str]) -> None:
    """Make ``folder/.venv`` hold exactly what ``folder/uv.lock`` says.

    Raises:
        SetupError: uv refused; what it said is on standard error.
    """
    venv = folder / ".venv"
    locked = venv / "locked.txt"
    steps = [
        ["export", "--quiet", "--frozen", "--output-file", str(locked), *options],
        ["pip", "sync", "--quiet", "--compile-bytecode", "--python", str(venv / "bin" / "python"), str(locked)],
    ]
    if not is_same_python(venv, python):
        steps.insert(0, ["venv", "--quiet", "--clear", "--python", python, "--prompt", folder.name, str(venv)])
    for step in steps:
        if subprocess.run([str(uv), *step], env=environ, cwd=folder, check=False).returncode != 0:  # noqa: S603 - our own command
            raise SetupError(
                f"uv {step[0]} failed for {folder.name}/, see above. Behind a mirror or a proxy, set "
                "UV_DEFAULT_INDEX, SSL_CERT_FILE or HTTPS_PROXY (or pip's own settings) and run make again."
            )


def compile_sources(root: Path, python: Path) -> None:
    """Compile the programs of the checkout, as uv did those of the lock: else the first start of each compiles them.

    What cannot be compiled is told when it is imported.
    """
    sources = [str(found.parent) for found in sorted(root.glob("*/__init__.py"))]
    if sources:  # without a folder, compileall would compile all that Python knows
        subprocess.run([str(python), "-m", "compileall", "-qq", *sources], check=False)  # noqa: S603 - our own command


def is_same_python(venv: Path, python: str) -> bool:
    """Whether the environment is there and of the same Python version as ``python``."""
    asked = "import sys; print(sys.version_info[:3])"
    try:
        versions = [
            subprocess.run([str(path), "-c", asked], capture_output=True, text=True, check=True).stdout  # noqa: S603 - our own command
            for path in (venv / "bin" / "python", python)
        ]
    except (OSError, subprocess.CalledProcessError):
        return False
    return versions[0] == versions[1]


def say(text: str) -> None:
    """Tell the user, on standard error."""
    sys.stderr.write(f"setup: {text}\n")


def main(arguments: Sequence[str]) -> int:
    """Set up the environment of the folder that the first argument names."""
    folder = (ROOT / arguments[0]).resolve()
    environ = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    try:
        uv = find_uv(sys.executable, TOOLS, environ)
        pip = read_pip_settings([sys.executable, TOOLS / "bin" / "python"])
        say(f"filling {folder.relative_to(ROOT) / '.venv'}")
        sync(uv, sys.executable, folder, arguments[1:], uv_environment(environ, pip))
        compile_sources(folder, folder / ".venv" / "bin" / "python")
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
