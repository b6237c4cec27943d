"""The check of the procedures: they run on the packages that their code imports, and on the code that is uploaded."""

import re
from collections.abc import Iterator
from typing import Final

from doctor.checks.frame import Fault, Severity
from doctor.checks.place import SIGN_IN, CannotLookError, Place, RefusedError
from doctor.checks.procedure_code import needed

_TYPES: Final = re.compile(r"^(\w+)(\([\w, ]*\)) RETURN")
_ZIP: Final = re.compile(r"[^/'\"\[\], @]+\.zip")
_HANDLER: Final = re.compile(r"snowpark_procs(\.\w+)+")
_DEPLOY: Final = "reporting deploy snowflake makes the procedures anew."


class Procedures:
    """What each procedure runs on."""

    id = "procedures"
    question = "Each procedure's PACKAGES name what its code imports, and its code is the one that lies on the stage"
    severity = Severity.ERROR
    reads = ("USAGE on the procedures", "READ on the stage procedure_code, for what lies there")
    theory = (
        "A package that is not named is not there: the CALL ends with ModuleNotFoundError. Code of another version"
        " than the program's speaks another language to the executor."
    )

    def look(self, place: Place) -> list[Fault]:
        """Ask Snowflake for each procedure of ours."""
        own = (place.names.database.upper(), place.names.schema_name.upper())
        rows = [{str(key).lower(): value for key, value in row.items()} for row in place.rows("show_procedures")]
        mine = [row for row in rows if (str(row["catalog_name"]), str(row["schema_name"])) == own]
        told = {
            signature: _described(place, signature) for row in mine if (signature := _signature(str(row["arguments"])))
        }
        told = {name: one for name, one in told.items() if _HANDLER.fullmatch(one.get("handler", ""))}
        if not told:
            raise CannotLookError("this role sees no procedure: it takes USAGE on them, or none is installed")
        found = [fault for name, one in told.items() for fault in _of_packages(name, one)]
        return [*found, *_of_code(place, {zip_ for one in told.values() for zip_ in _ZIP.findall(one["imports"])})]


def _signature(arguments: str) -> str | None:
    """``NAME(TYPE, …)`` out of what SHOW tells, ``NAME(TYPE, DEFAULT TYPE) RETURN …``."""
    found = _TYPES.match(arguments)
    return found[1] + found[2].replace("DEFAULT ", "") if found else None


def _described(place: Place, signature: str) -> dict[str, str]:
    where = f"{place.names.database}.{place.names.schema_name}.{signature}"
    rows = [{str(key).lower(): value for key, value in row.items()} for row in
            place.rows("describe_procedure", procedure=where)]  # fmt: skip
    return {str(row["property"]).lower(): str(row["value"] or "") for row in rows}


def _of_packages(signature: str, told: dict[str, str]) -> Iterator[Fault]:
    named = {re.split(r"[=<>!~ ]", text, maxsplit=1)[0] for text in re.findall(r"[\w.=<>!~-]+", told["packages"])}
    for package in sorted(needed(told["handler"]) - named):
        says = f"{signature} imports {package}, which its PACKAGES do not name ({', '.join(sorted(named)) or 'none'})"
        yield Fault(says, _DEPLOY)


def _of_code(place: Place, zips: set[str]) -> Iterator[Fault]:
    from executor.deploy import procedures_zip  # noqa: PLC0415 - the zip is built from all files of three packages

    ours, _ = procedures_zip.build()
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
