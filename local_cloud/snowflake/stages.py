"""Files in stages: where they lie, LIST, REMOVE and DROP STAGE."""

import email.utils
import hashlib
import re
import shutil
from pathlib import Path
from typing import Any

from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.errors import COMPILATION, failure, missing
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import OWNERSHIP
from local_cloud.snowflake.result import Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.stage_names import read_reference
from local_cloud.snowflake.stage_rights import need_stage


def directory_of(session: Session, reference: str, at: tuple[str, str] | None = None) -> tuple[Path, str, str]:
    """(directory of the stage, path within it, stage name) of `@stage/path`.

    Raises:
        ProgrammingError: 001003 for what is no stage reference, 002003 for a stage that does not exist.
    """
    (database, schema, stage), path = read_reference(session, reference, at)
    sql = (
        "SELECT 1 FROM _fs_global._fs_information_schema._fs_stages WHERE database_name=? AND schema_name=? AND name=?"
    )
    with session.server.engine.cursor() as engine:
        if not engine.execute(sql, [database, schema, stage]).fetchone():
            raise missing("stage", f"{database}.{schema}.{stage}")
    return session.server.stages_dir.resolve() / database / schema / stage, path, stage


def staged_file(session: Session, reference: str, at: tuple[str, str]) -> Path:
    """The file that `@stage/path/file` names, for IMPORTS.

    Raises:
        ProgrammingError: 002003 when stage or file is not there.
    """
    directory, path, _ = directory_of(session, reference, at)
    file = (directory / path).resolve()
    if not file.is_relative_to(directory) or not file.is_file():
        raise failure(2003, "02000", f"{COMPILATION}Remote file '{reference}' was not found.")
    return file


def _files(session: Session, reference: str) -> tuple[Path, str, list[Path]]:
    directory, prefix, stage = directory_of(session, reference)
    every = sorted(p for p in directory.rglob("*") if p.is_file() and not p.name.startswith("."))
    return directory, stage, [p for p in every if str(p.relative_to(directory)).startswith(prefix)]


def list_files(session: Session, sql: str, _params: Any) -> Result:
    """LIST @stage[/path] [PATTERN = 'regex']."""
    reference, pattern = _arguments(sql)
    need_stage(session, reference, "READ")
    directory, stage, files = _files(session, reference)
    columns = {"name": "VARCHAR", "size": "BIGINT", "md5": "VARCHAR", "last_modified": "VARCHAR"}
    rows = []
    for file in files:
        name = f"{stage.lower()}/{file.relative_to(directory)}"
        if pattern is None or re.search(pattern, name):
            digest = hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
            rows.append((name, file.stat().st_size, digest, email.utils.formatdate(file.stat().st_mtime, usegmt=True)))
    return from_rows(columns, rows)


def remove(session: Session, sql: str, _params: Any) -> Result:
    """REMOVE @stage[/path] [PATTERN = 'regex']."""
    reference, pattern = _arguments(sql)
    need_stage(session, reference, "WRITE")
    directory, stage, files = _files(session, reference)
    rows = []
    for file in files:
        name = f"{stage.lower()}/{file.relative_to(directory)}"
        if pattern is None or re.search(pattern, name):
            file.unlink()
            rows.append((name, "removed"))
    return from_rows({"name": "VARCHAR", "result": "VARCHAR"}, rows)


def _arguments(sql: str) -> tuple[str, str | None]:
    words = sql.split(None, 2)
    if len(words) < 2:
        raise failure(1003, "42000", f"{COMPILATION}syntax error: unexpected '<EOF>'.")
    pattern = re.search(r"PATTERN\s*=\s*'((?:[^']|'')*)'", sql, re.IGNORECASE)
    return words[1], pattern[1].replace("''", "'") if pattern else None


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP STAGE [IF EXISTS] name: the stage and its files."""
    reader = Reader(sql)
    reader.expect("DROP", "STAGE")
    gently = reader.accept("IF", "EXISTS")
    database, schema, stage = resolve(session, reader.name())
    session.commit_before_ddl()
    rights, place = session.server.privileges, (database, schema, stage)
    if rights.has_owner("STAGE", place) or not gently:
        Guard(session).need("STAGE", place, OWNERSHIP)
    sql = "DELETE FROM _fs_global._fs_information_schema._fs_stages WHERE database_name=? AND schema_name=? AND name=?"
    (count,) = session.engine.execute(sql, [database, schema, stage]).fetchone() or (0,)
    if not count and not gently:
        raise missing("stage", f"{database}.{schema}.{stage}")
    rights.forget("STAGE", place)
    session.temporary.discard(place)
    shutil.rmtree(session.server.stages_dir / database / schema / stage, ignore_errors=True)
    done = f"{stage} successfully dropped."
    return status(done if count else "Drop statement executed successfully (object already dropped).")
