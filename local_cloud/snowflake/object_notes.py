"""What is noted of tables, views, schemas, databases and stages beside what the engine keeps of them."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session

_writing: Final = threading.Lock()  # the engine refuses two writers of one row instead of letting one wait


@dataclass(frozen=True)
class ColumnNote:
    """A column's comment, its declared type where the engine's says less, and its place in the keys."""

    name: str
    comment: str | None = None
    declared: str | None = None
    key_sequence: int | None = None
    is_unique: bool = False


@dataclass(frozen=True)
class Made:
    """An object as CREATE made it; `text` is the statement of a view."""

    kind: str
    place: Place
    comment: str | None = None
    text: str | None = None
    columns: Sequence[ColumnNote] = field(default=())
    copied_from: Place | None = None


def _write(session: Session, *statements: tuple[str, Sequence[Any]]) -> None:
    # On a connection of its own: a transaction of the engine writes one database, and the session's may be another.
    # In one transaction: half of what is noted of an object would be wrong.
    with _writing, session.server.engine.cursor() as engine:
        engine.begin()
        try:
            for sql, values in statements:
                engine.execute(sql, list(values))
        except BaseException:
            engine.rollback()
            raise
        engine.commit()


def read(session: Session, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query of the metadata, apart from the session's transaction."""
    with session.server.engine.cursor() as engine:
        return list(engine.execute(sql, list(values)).fetchall())


def made(session: Session, new: Made) -> None:
    """Note a new object in the place of whatever was noted under its name."""
    forgotten = _forgetting(new.kind, new.place)
    rows: list[tuple[str, Sequence[Any]]] = [
        (
            "INSERT INTO _fs_global.main.notes VALUES (?, ?, ?, ?, now(), now(), ?, ?, ?)",
            (new.kind, *new.place, session.acting_role, new.comment, new.text),
        )
    ]
    rows += [
        (
            "INSERT INTO _fs_global.main.column_notes VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (*new.place, c.name, c.comment, c.declared, c.key_sequence, c.is_unique),
        )
        for c in new.columns
    ]
    if new.copied_from:
        copied = (
            "INSERT INTO _fs_global.main.column_notes SELECT ?, ?, ?, column_name, comment, declared, "
            "key_sequence, is_unique "
            "FROM _fs_global.main.column_notes WHERE database_name = ? AND schema_name = ? AND table_name = ?"
        )
        rows.append((copied, (*new.place, *new.copied_from)))
    _write(session, *forgotten, *rows)


def is_noted(session: Session, kind: str, place: Place) -> bool:
    """Whether the object has been noted."""
    return bool(
        read(
            session,
            "SELECT 1 FROM _fs_global.main.notes WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ?",
            (kind, *place),
        )
    )


def forget(session: Session, kind: str, place: Place) -> None:
    """Forget a dropped object, with all it held."""
    _write(session, *_forgetting(kind, place))


def _forgetting(kind: str, place: Place) -> list[tuple[str, Sequence[Any]]]:
    database, schema, name = place
    if kind == "DATABASE":
        return [
            ("DELETE FROM _fs_global.main.notes WHERE database_name = ?", (database,)),
            ("DELETE FROM _fs_global.main.column_notes WHERE database_name = ?", (database,)),
        ]
    if kind == "SCHEMA":
        return [
            ("DELETE FROM _fs_global.main.notes WHERE database_name = ? AND schema_name = ?", (database, schema)),
            (
                "DELETE FROM _fs_global.main.column_notes WHERE database_name = ? AND schema_name = ?",
                (database, schema),
            ),
        ]
    return [
        (
            "DELETE FROM _fs_global.main.notes WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ?",
            (kind, database, schema, name),
        ),
        (
            "DELETE FROM _fs_global.main.column_notes WHERE database_name = ? AND schema_name = ? AND table_name = ?",
            (database, schema, name),
        ),
    ]


def comment(session: Session, kind: str, place: Place, text: str | None) -> None:
    """Set an object's comment."""
    if not is_noted(session, kind, place):
        made(session, Made(kind, place))
    sql = (
        "UPDATE _fs_global.main.notes SET comment = ?, altered_on = now()"
        " WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ?"
    )
    _write(session, (sql, (text, kind, *place)))


def note_column(session: Session, table: Place, column: ColumnNote) -> None:
    """Note a new column, or another comment of one that is there."""
    sql = (
        "INSERT INTO _fs_global.main.column_notes VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET comment = ?"
    )
    values = (*table, column.name, column.comment, column.declared, column.key_sequence, column.is_unique)
    _write(session, (sql, (*values, column.comment)))


def has_key(session: Session, table: Place) -> bool:
    """Whether a primary key is declared."""
    sql = (
        "SELECT 1 FROM _fs_global.main.column_notes"
        " WHERE database_name = ? AND schema_name = ? AND table_name = ? AND key_sequence IS NOT NULL"
    )
    return bool(read(session, sql, table))


def note_key(session: Session, table: Place, columns: Sequence[str], *, is_primary: bool) -> None:
    """Note that these columns are the primary key, or unique."""
    sql = (
        "INSERT INTO _fs_global.main.column_notes VALUES (?, ?, ?, ?, NULL, NULL, ?, ?) ON CONFLICT DO UPDATE SET "
        "key_sequence = coalesce(excluded.key_sequence, key_sequence), is_unique = is_unique OR excluded.is_unique"
    )
    places = [i + 1 if is_primary else None for i in range(len(columns))]
    _write(session, *((sql, (*table, name, at, not is_primary)) for name, at in zip(columns, places, strict=True)))


def forget_key(session: Session, table: Place) -> None:
    """Forget the primary key."""
    sql = (
        "UPDATE _fs_global.main.column_notes SET key_sequence = NULL"
        " WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    )
    _write(session, (sql, table))


def forget_column(session: Session, table: Place, column: str) -> None:
    """Forget a dropped column."""
    _write(
        session,
        (
            (
                "DELETE FROM _fs_global.main.column_notes"
                " WHERE database_name = ? AND schema_name = ? AND table_name = ? AND column_name = ?"
            ),
            (*table, column),
        ),
    )


def rename_column(session: Session, table: Place, old: str, new: str) -> None:
    """Keep what is noted of a column under its new name."""
    sql = (
        "UPDATE _fs_global.main.column_notes SET column_name = ?"
        " WHERE database_name = ? AND schema_name = ? AND table_name = ? AND column_name = ?"
    )
    _write(session, (sql, (new, *table, old)))


def rename(session: Session, kind: str, old: Place, new: Place) -> None:
    """Keep what is noted of an object under its new name."""
    there = (
        "UPDATE _fs_global.main.notes SET database_name = ?, schema_name = ?, name = ?"
        " WHERE kind = ? AND database_name = ? AND schema_name = ? AND name = ?"
    )
    columns = (
        "UPDATE _fs_global.main.column_notes SET database_name = ?, schema_name = ?, table_name = ?"
        " WHERE database_name = ? AND schema_name = ? AND table_name = ?"
    )
    _write(session, *_forgetting(kind, new), (there, (*new, kind, *old)), (columns, (*new, *old)))


def stage_exists(session: Session, place: Place) -> bool:
    """Whether there is a stage of this name."""
    return bool(
        read(
            session,
            "SELECT 1 FROM _fs_global._fs_information_schema._fs_stages"
            " WHERE database_name = ? AND schema_name = ? AND name = ?",
            place,
        )
    )


def comment_stage(session: Session, place: Place, text: str) -> None:
    """Set a stage's comment, which stands beside the stage."""
    _write(
        session,
        (
            (
                "UPDATE _fs_global._fs_information_schema._fs_stages SET comment = ?"
                " WHERE database_name = ? AND schema_name = ? AND name = ?"
            ),
            (text, *place),
        ),
    )
