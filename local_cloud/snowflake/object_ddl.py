"""GET_DDL: the statement that would make an object again."""

from typing import Any, Final

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.comments import relation_kind
from local_cloud.snowflake.describe_objects import columns_of
from local_cloud.snowflake.errors import missing, not_supported
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.procedure_ddl import Procedure, family, from_json
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader, comma_separated

_KINDS: Final = frozenset(("TABLE", "VIEW", "PROCEDURE", "TASK"))


def get_ddl(session: Session, arguments: list[Any]) -> str:
    """GET_DDL('kind', 'name' [, whether with the whole name]) of a table, view, procedure or task.

    Raises:
        ProgrammingError: 002003 when the object is not there, 000002 for another kind.
    """
    kind, named = str(arguments[0]).upper(), str(arguments[1])
    whole = len(arguments) > 2 and str(arguments[2]).upper() == "TRUE"
    if kind not in _KINDS:
        raise not_supported(f"GET_DDL of {kind}")
    reader = Reader(named)
    place = resolve(session, reader.name())
    if kind == "PROCEDURE":
        place = (*place[:2], f"{place[2]}({', '.join(family(t) for t in comma_separated(reader.group()))})")
    text = {"TABLE": _table, "VIEW": _view, "PROCEDURE": _procedure, "TASK": _task}[kind](session, place, whole=whole)
    if text is None:
        raise missing(kind, named)
    Guard(session).need_any(kind, place)
    return text


def _shown(place: Place, name: str, *, whole: bool) -> str:
    return ".".join((*place[:2], name)) if whole else name


def _note(session: Session, kind: str, place: Place) -> tuple[str | None, str | None]:
    sql = (
        "SELECT comment, text FROM _fs_global.main.notes"
        " WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ?"
    )
    found = object_notes.read(session, sql, (kind, *place))
    return found[0] if found else (None, None)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _table(session: Session, place: Place, *, whole: bool) -> str | None:
    if relation_kind(session, place) != "TABLE":
        return None
    lines, keys = [], []
    for name, kind, nullable, default, comment, is_key, _ in columns_of(session, place):
        parts = [name, kind, "NOT NULL" if nullable == "NO" else "", f"DEFAULT {default}" if default else ""]
        lines.append("\t" + " ".join([*filter(None, parts), *([f"COMMENT {_quoted(comment)}"] if comment else [])]))
        keys += [name] if is_key == "Y" else []
    lines += [f"\tprimary key ({', '.join(keys)})"] if keys else []
    comment, _ = _note(session, "TABLE", place)
    end = f")COMMENT={_quoted(comment)}\n;" if comment else "\n);"
    body = ",\n".join(lines)
    opening = f"create or replace TABLE {_shown(place, place[2], whole=whole)} (\n{body}"
    return opening + (f"\n{end}" if comment else end)


def _view(session: Session, place: Place, *, whole: bool) -> str | None:
    if relation_kind(session, place) != "VIEW":
        return None
    comment, text = _note(session, "VIEW", place)
    if text is None:
        raise not_supported("GET_DDL of a view whose text was not kept yet when it was made; create it anew")
    columns = ",\n".join(
        f"\t{name}" + (f" COMMENT {_quoted(said)}" if said else "")
        for name, _, _, _, said, *_ in columns_of(session, place)
    )
    told = f" COMMENT={_quoted(comment)}" if comment else ""
    head = f"create or replace view {_shown(place, place[2], whole=whole)}(\n{columns}\n){told}"
    return f"{head} as {query_of_view(text)};"


def query_of_view(text: str) -> str:
    """The query in the text of a CREATE VIEW, as the user wrote it."""
    reader = Reader(text)
    reader.until("AS")
    reader.accept("AS")
    return reader.rest()


def _procedure(session: Session, place: Place, *, whole: bool) -> str | None:
    kept = session.server.catalog.get("PROCEDURE", place[:2], place[2])
    return _of_procedure(from_json(kept), place, whole=whole) if kept else None


def _of_procedure(made: Procedure, place: Place, *, whole: bool) -> str:
    arguments = ", ".join(
        f'"{p.name}" {p.type}' + (f" DEFAULT {p.default}" if p.default is not None else "") for p in made.parameters
    )
    name = f'"{made.name}"' if not whole else _shown(place, f'"{made.name}"', whole=True)
    lines = [
        f"CREATE OR REPLACE PROCEDURE {name}({arguments})",
        f"RETURNS {made.returns}",
        "LANGUAGE PYTHON",
        f"RUNTIME_VERSION = {_quoted(made.runtime_version)}",
        f"PACKAGES = ({','.join(map(_quoted, made.packages))})",
        f"IMPORTS = ({','.join(map(_quoted, made.imports))})" if made.imports else "",
        f"HANDLER = {_quoted(made.handler)}",
        f"COMMENT={_quoted(made.comment)}" if made.comment else "",
        f"EXECUTE AS {made.execute_as}",
        f"AS {_quoted(made.body)}" if made.body is not None else "",
    ]
    return "\n".join(filter(None, lines)) + ";"


def _task(session: Session, place: Place, *, whole: bool) -> str | None:
    kept = session.server.catalog.get("TASK", place[:2], place[2])
    if kept is None:
        return None
    lines = [f"create or replace task {_shown(place, place[2], whole=whole)}"]
    options = dict(kept["options"])
    when, after = options.pop("WHEN", None), options.pop("AFTER", None)
    for name, value in options.items():
        plain = name == "WAREHOUSE" or str(value).replace(".", "").isdigit() or str(value).upper() in {"TRUE", "FALSE"}
        lines.append(f"\t{name.lower()}={value if plain else _quoted(str(value))}")
    lines += [f"\tafter {after}"] if after else []
    lines += [f"\twhen {when}"] if when else []
    return "\n".join([*lines, f"\tas {kept['definition']};"])
