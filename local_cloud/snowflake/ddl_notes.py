"""From a DDL statement that worked to what is noted of its object."""

from collections.abc import Iterator
from typing import Final

from sqlglot import Expr, exp

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import place_of
from local_cloud.snowflake.object_notes import ColumnNote, Made
from local_cloud.snowflake.privileges import Place
from local_cloud.snowflake.session import Session

# Declared types of which the engine's type says less.
_DECLARED: Final = {
    exp.DataType.Type.OBJECT: "OBJECT",
    exp.DataType.Type.STRUCT: "OBJECT",
    exp.DataType.Type.ARRAY: "ARRAY",
    exp.DataType.Type.LIST: "ARRAY",
    exp.DataType.Type.TIMESTAMPLTZ: "TIMESTAMP_LTZ",
}


def note(session: Session, statement: Expr, places: list[tuple[str, Place]], text: str) -> None:
    """Note what a DDL statement did; `places` are the objects it names, by kind, `text` is the user's own."""
    for kind, place in places:
        if isinstance(statement, exp.Drop):
            object_notes.forget(session, kind, place)
        elif isinstance(statement, exp.Alter):
            _altered(session, statement, kind, place)
        elif isinstance(statement, exp.Create):
            if statement.args.get("exists") and object_notes.is_noted(session, kind, place):
                continue
            new = _made(session, statement, kind, place, text)
            if kind != "STAGE":
                object_notes.made(session, new)
            elif new.comment:
                object_notes.comment_stage(session, place, new.comment)


def _made(session: Session, create: exp.Create, kind: str, place: Place, text: str) -> Made:
    source = create.args.get("clone") or create.find(exp.LikeProperty)
    copied = place_of(session, source.this) if source is not None and kind == "TABLE" else None
    columns = tuple(column_notes(create.this)) if isinstance(create.this, exp.Schema) else ()
    return Made(kind, place, _comment(create), text if kind == "VIEW" else None, columns, copied)


def _comment(statement: Expr) -> str | None:
    properties = statement.args.get("properties")
    found = properties.find(exp.SchemaCommentProperty) if properties else None
    return found.this.name if found is not None else None


def column_notes(declared: exp.Schema) -> Iterator[ColumnNote]:
    """What is worth noting of each declared column."""
    keys = [name for key in declared.find_all(exp.PrimaryKey) for name in _names(key)]
    unique = {name for key in declared.expressions for name in _unique_names(key)}
    for column in declared.expressions:
        if isinstance(column, exp.ColumnDef):
            found = of_column(column, len(keys) + 1)
            name = found.name
            place = keys.index(name) + 1 if name in keys else found.key_sequence
            yield ColumnNote(name, found.comment, found.declared, place, found.is_unique or name in unique)


def of_column(column: exp.ColumnDef, next_key: int = 1) -> ColumnNote:
    """What is worth noting of one declared column; as a key by itself it is the `next_key`-th column of it."""
    kinds = [c.args.get("kind") for c in column.args.get("constraints") or []]
    comment = next((k.name for k in kinds if isinstance(k, exp.CommentColumnConstraint)), None)
    is_key = any(isinstance(k, exp.PrimaryKeyColumnConstraint) for k in kinds)
    is_unique = any(isinstance(k, exp.UniqueColumnConstraint) for k in kinds)
    declared = _DECLARED.get(column.kind.this) if column.kind else None
    return ColumnNote(_case(column.this), comment, declared, next_key if is_key else None, is_unique)


def _unique_names(item: Expr) -> list[str]:
    found = item if isinstance(item, exp.UniqueColumnConstraint) else None
    if isinstance(item, exp.Constraint):
        found = item.find(exp.UniqueColumnConstraint)
    return _names(found.this) if found is not None and isinstance(found.this, exp.Schema) else []


def _names(key: Expr) -> list[str]:
    return [_case(name) for found in key.expressions for name in [found.find(exp.Identifier)] if name is not None]


def _case(name: Expr) -> str:
    return name.name if name.args.get("quoted") else name.name.upper()


def _altered(session: Session, alter: exp.Alter, kind: str, place: Place) -> None:
    for action in alter.args.get("actions") or []:
        if isinstance(action, exp.AlterRename):
            object_notes.rename(session, kind, place, place_of(session, action.this))
        elif isinstance(action, exp.RenameColumn):
            object_notes.rename_column(session, place, _case(action.this.this), _case(action.args["to"].this))
        elif isinstance(action, exp.ColumnDef):
            object_notes.note_column(session, place, of_column(action))
        elif isinstance(action, exp.Drop) and str(action.args.get("kind")) == "COLUMN":
            for column in action.args["tables"]:
                object_notes.forget_column(session, place, _case(column.this))
        elif isinstance(action, exp.AlterColumn) and (text := action.args.get("comment")) is not None:
            object_notes.note_column(session, place, ColumnNote(_case(action.this), text.name))
        elif (found := action.find(exp.SchemaCommentProperty)) is not None:
            object_notes.comment(session, kind, place, found.this.name)
        elif action.args.get("unset") and any(e.name.upper() == "COMMENT" for e in action.expressions):
            object_notes.comment(session, kind, place, None)
