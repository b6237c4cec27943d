"""The Python function behind a procedure, loaded from its body or its staged zips."""

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.procedure_ddl import Procedure
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.staged_imports import StagedCode
from local_cloud.snowflake.stages import staged_file

_guard = threading.Lock()
_versions: dict[str, StagedCode] = {}


def load(session: Session, procedure: Procedure) -> Callable[..., Any]:
    """The handler as the stage holds it now; new content is new code, the same content is loaded once.

    Raises:
        ProgrammingError: 100357 when the handler or something it imports is missing or fails to load.
    """
    archives = [staged_file(session, where, (procedure.database, procedure.schema)) for where in procedure.imports]
    code = _code(procedure, archives)
    module_name, _, function_name = procedure.handler.rpartition(".")
    try:
        if procedure.body is not None:
            module = code.inline(module_name or procedure.name.lower(), procedure.body)
        else:
            module = code.module(module_name)
        return getattr(module, function_name)  # type: ignore[no-any-return]  # whatever the author wrote is called
    except AttributeError:
        raise _unloadable(procedure, f"Function {function_name} is not defined") from None
    except SyntaxError as error:
        raise _unloadable(procedure, f"SyntaxError: {error}") from error
    except ModuleNotFoundError as error:
        name = str(error).replace(f"{code.prefix}.", "")
        raise _unloadable(procedure, f"ModuleNotFoundError: {name}") from error
    except Exception as error:
        raise _unloadable(procedure, f"{type(error).__name__}: {error}") from error


def _code(procedure: Procedure, archives: list[Path]) -> StagedCode:
    digest = hashlib.sha256(repr(sorted(procedure.packages)).encode())
    for archive in archives:
        digest.update(archive.read_bytes())
    version = digest.hexdigest()[:16]
    with _guard:
        if version not in _versions:
            _versions[version] = StagedCode(version, _kept(archives, version), procedure.packages)
        return _versions[version]


def _kept(archives: list[Path], version: str) -> list[Path]:
    # Overwriting a staged zip must not pull the code from under a version that still runs.
    kept = []
    for archive in archives:
        copy = archive.parent / f".{version}.{archive.name}"
        if not copy.exists():
            copy.write_bytes(archive.read_bytes())
        kept.append(copy)
    return kept


def _unloadable(procedure: Procedure, why: str) -> Exception:
    text = f"{COMPILATION}Python Interpreter Error:\n{why} in function {procedure.name} with handler "
    return failure(100357, "P0000", f"{text}{procedure.handler}")
