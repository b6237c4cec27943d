"""The procedures' code as one zip: the same content gives the same bytes and the same name, anywhere."""

import hashlib
import io
import zipfile
from importlib.resources import files
from importlib.resources.abc import Traversable

PACKAGES = ("contract", "snowpark_procs", "sql")
_SUFFIXES = (".py", ".sql")
_LEFT_OUT = {"__pycache__", "migrations", "views", "procedures", "tasks", "bootstrap", "reports", "grants"}
_EPOCH = (1980, 1, 1, 0, 0, 0)


def build() -> tuple[str, bytes]:
    """File name and bytes of the zip; the name carries 16 hex digits of the content's SHA-256."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in sorted(_members().items()):
            entry = zipfile.ZipInfo(path, date_time=_EPOCH)
            entry.compress_type = zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    raw = buffer.getvalue()
    return f"reporting_procs-{hashlib.sha256(raw).hexdigest()[:16]}.zip", raw


def _members() -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for package in PACKAGES:
        _collect(files(package), package, found)
    return found


def _collect(folder: Traversable, path: str, found: dict[str, bytes]) -> None:
    for item in folder.iterdir():
        if item.is_dir() and item.name not in _LEFT_OUT:
            _collect(item, f"{path}/{item.name}", found)
        elif item.is_file() and item.name.endswith(_SUFFIXES):
            found[f"{path}/{item.name}"] = item.read_bytes()
