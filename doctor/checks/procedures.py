"""The check of the procedures: they run on the packages that their code imports, and on the code that is uploaded."""

import re
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError
from doctor.checks.procedure_code import Code, needed, needed_by_text, own_code, zipped_code

_TYPES: Final = re.compile(r"^(\w+)(\([\w, ]*\)) RETURN")
_ZIP: Final = re.compile(r"[\w.$]+/(?:[^'\"\[\],@ ]*/)?[^'\"\[\],@/ ]+\.zip")
_OURS: Final = "snowpark_procs."
_DEPLOY: Final = "reporting deploy snowflake makes the procedures anew."
_OFFERED: Final = "Name it in PACKAGES; INFORMATION_SCHEMA.PACKAGES lists what the account offers."

Told = dict[str, str]
"""Properties of a procedure, as DESCRIBE tells them."""


class Procedures:
    """What each procedure runs on."""

    id = "procedures"
    question = "Each procedure's PACKAGES name what its code imports, and its code is the one that lies on the stage"
    severity = Severity.ERROR
    reads = ("USAGE on the procedures", "READ on the stages of their code, for what lies there")
    theory = (
        "A package that is not named is not there: the CALL ends with ModuleNotFoundError. Code of another version"
        " than the program's speaks another language to the executor."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask Snowflake for each procedure of the schema, and for its code where that may be read."""
        own = (place.names.database.upper(), place.names.schema_name.upper())
        rows = [{str(key).lower(): value for key, value in row.items()} for row in place.rows("show_procedures")]
        mine = [str(row["arguments"]) for row in rows if (str(row["catalog_name"]), str(row["schema_name"])) == own]
        told = {name: _described(place, name) for name in map(_signature, mine) if name}
        if not told:
            raise CannotLookError("this role sees no procedure: it takes USAGE on them, or none is installed")
        uploads = _Uploads(place)
        found = [fault for name, one in told.items() for fault in _of_packages(name, one, uploads)]
        zips = {path for one in told.values() if one.get("handler", "").startswith(_OURS) for path in _zips(one)}
        return [*found, *_of_code(place, {path.rsplit("/", 1)[-1] for path in zips}, uploads.ours)]


def _signature(arguments: str) -> str | None:
    """``NAME(TYPE, …)`` out of what SHOW tells, ``NAME(TYPE, DEFAULT TYPE) RETURN …``."""
    found = _TYPES.match(arguments)
    return found[1] + found[2].replace("DEFAULT ", "") if found else None


def _described(place: Place, signature: str) -> Told:
    where = f"{place.names.database}.{place.names.schema_name}.{signature}"
    rows = place.rows("describe_procedure", procedure=where)
    lower = [{str(key).lower(): value for key, value in row.items()} for row in rows]
    return {str(row["property"]).lower(): str(row["value"] or "") for row in lower}


def _zips(told: Told) -> list[str]:
    return _ZIP.findall(told.get("imports", ""))


class _Uploads:
    """Code on stages, fetched once; our own of this version is known without asking."""

    def __init__(self, place: Place) -> None:
        from executor.deploy import procedures_zip  # noqa: PLC0415 - the zip is built from all files of three packages

        self._place, self._known = place, dict[str, Code | None]()
        self.ours, _ = procedures_zip.build()

    def code(self, path: str) -> Code | None:
        """What a zip holds; None when this role may not read it."""
        if path.endswith(f"/{self.ours}"):
            return own_code()
        if path not in self._known:
            self._known[path] = self._fetched(path)
        return self._known[path]

    def _fetched(self, path: str) -> Code | None:
        with tempfile.TemporaryDirectory() as folder:
            try:
                self._place.rows("fetch_staged", file=path, folder=folder)
                return zipped_code((Path(folder) / path.rsplit("/", 1)[-1]).read_bytes())
            except RefusedError as error:
                if error.code == SIGN_IN:
                    raise
            except (OSError, zipfile.BadZipFile):
                return None
        return None


def _of_packages(signature: str, told: Told, uploads: _Uploads) -> Iterator[Fault]:
    texts = re.findall(r"[\w.=<>!~-]+", told.get("packages", ""))
    named = {re.split(r"[=<>!~]", text, maxsplit=1)[0].lower() for text in texts}
    handler = told.get("handler", "")
    is_ours = handler.startswith(_OURS)
    wanted = needed_by_text(told.get("body", ""))
    for code in filter(None, map(uploads.code, _zips(told))):
        wanted |= needed(code, handler.rpartition(".")[0])
    for package in sorted(wanted):
        if package.lower().replace("_", "-") not in {name.replace("_", "-") for name in named}:
            says = (
                f"{signature} imports {package}, which its PACKAGES do not name ({', '.join(sorted(named)) or 'none'})"
            )
            # Of somebody's own packages nobody says what they bring along.
            yield Fault(says, _DEPLOY if is_ours else _OFFERED, None if is_ours else Severity.WARNING)


def _of_code(place: Place, zips: set[str], ours: str) -> Iterator[Fault]:
    for name in sorted(zips - {ours}):
        says = f"procedures run the code {name}, this program comes with {ours}"
        yield Fault(says, "Run reporting deploy snowflake, or the program of that version.", Severity.WARNING)
    try:
        lie = {str(next(iter(row.values()))).rsplit("/", 1)[-1] for row in place.rows("staged_code")}
    except RefusedError as error:
        if error.code == SIGN_IN:
            raise
        return  # who may call them need not read the stage
    for name in sorted(zips - lie):
        yield Fault(f"procedures run the code {name}, which is not on the stage any more", _DEPLOY)
