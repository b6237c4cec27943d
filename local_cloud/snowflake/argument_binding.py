"""Which argument of a CALL goes to which declared parameter."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from local_cloud.snowflake.errors import COMPILATION, failure
from local_cloud.snowflake.procedure_ddl import Procedure
from local_cloud.snowflake.sql_text import Reader, comma_separated

_NAMED = re.compile(r'\s*("[^"]+"|\w+)\s*=>', re.DOTALL)


@dataclass(frozen=True)
class Call:
    """A CALL as written: the procedure's dotted name and its arguments' SQL, in their order."""

    name: tuple[str, ...]
    arguments: tuple[tuple[str | None, str], ...]


def read_call(sql: str) -> Call:
    """Read `CALL name(…)`.

    Raises:
        ProgrammingError: 001003 for a syntax error, also when named and positional are mixed.
    """
    reader = Reader(sql)
    reader.expect("CALL")
    name = reader.name()
    arguments = tuple(_argument(text) for text in comma_separated(reader.group()))
    if reader.accept("INTO") or not reader.done:
        reader.fail()
    if len({given is None for given, _ in arguments}) > 1:
        raise failure(1003, "42000", f"{COMPILATION}named and positional arguments may not be mixed.")
    return Call(name, arguments)


def _argument(text: str) -> tuple[str | None, str]:
    if named := _NAMED.match(text):
        return Reader(named[1]).identifier(), text[named.end() :].strip()
    return None, text


def bind(call: Call, overloads: Sequence[Procedure]) -> tuple[Procedure, dict[str, str]]:
    """The overload that the arguments fit, and SQL per parameter in the caller's order, defaults last.

    Raises:
        ProgrammingError: 001044 when no overload takes these arguments.
    """
    return fits(call, overloads)[0]


def fits(call: Call, overloads: Sequence[Procedure]) -> list[tuple[Procedure, dict[str, str]]]:
    """Every overload that takes so many arguments of these names, with SQL per parameter.

    Raises:
        ProgrammingError: 001044 when no overload takes these arguments.
    """
    problem = ""
    found = []
    for procedure in overloads:
        given, problem = _fit(call, procedure)
        if not problem:
            found.append((procedure, given))
    if found:
        return found
    name = overloads[0].name
    types = ", ".join(text if given is None else f"{given} => {text}" for given, text in call.arguments)
    text = f"{COMPILATION}Invalid argument types for function '{name}': ({types}). {problem}"
    raise failure(1044, "42P13", text)


def _fit(call: Call, procedure: Procedure) -> tuple[dict[str, str], str]:
    declared = [p.name for p in procedure.parameters]
    wanted = f"It is declared as {procedure.signature}"
    if len(call.arguments) > len(declared):
        return {}, f"{wanted}: at most {len(declared)} arguments."
    given: dict[str, str] = {}
    for position, (name, text) in enumerate(call.arguments):
        target = declared[position] if name is None else name
        if target not in declared:
            return {}, f"{wanted} and has no argument '{target}'; it takes {', '.join(declared)}."
        if target in given:
            return {}, f"Argument '{target}' is given twice."
        given[target] = text
    for parameter in procedure.parameters:
        if parameter.name not in given:
            if parameter.default is None:
                return {}, f"{wanted}: argument '{parameter.name}' is missing and has no default."
            given[parameter.name] = parameter.default
    return given, ""
