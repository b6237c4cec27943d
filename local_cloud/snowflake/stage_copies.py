"""COPY between stages and tables: unloading is done here, loading by the engine from files that lie here."""

import re
import threading
from typing import Any, Final

from sqlglot import parse_one

from local_cloud.snowflake.access_checks import Guard, check
from local_cloud.snowflake.dynamic_names import resolve_names
from local_cloud.snowflake.engine import run_statement
from local_cloud.snowflake.engine_door import enter
from local_cloud.snowflake.errors import failure, not_supported
from local_cloud.snowflake.load_history import forget_changed
from local_cloud.snowflake.result import Result, from_rows
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.stage_names import refuse_users_own
from local_cloud.snowflake.stage_options import inner, is_true, only, read_options
from local_cloud.snowflake.stage_rights import check_stages
from local_cloud.snowflake.stage_stores import LocalStore
from local_cloud.snowflake.stages import Stage, stage_of
from local_cloud.snowflake.table_functions import NO_PROCEDURES
from local_cloud.snowflake.unloading import extension, written

_OPTIONS: Final = ("FILE_FORMAT", "OVERWRITE", "SINGLE", "HEADER", "MAX_FILE_SIZE")
_fetching = threading.Lock()


def unload(session: Session, sql: str, params: Any) -> Result:
    """COPY INTO @stage[/path] FROM table | (query) [FILE_FORMAT = (…)] [OVERWRITE] [SINGLE] [HEADER]."""
    from local_cloud.snowflake.dispatch import run  # noqa: PLC0415  what is unloaded is a query of its own

    reader = Reader(sql)
    reader.expect("COPY", "INTO")
    stage = stage_of(session, reader.until("FROM").strip().strip("'"), "WRITE")
    Guard(session).need_warehouse()
    reader.expect("FROM")
    query = reader.group() if reader.peek() == "(" else f"SELECT * FROM {_name(reader)}"  # noqa: S608  a quoted name
    options = read_options(reader)
    only(options, "COPY INTO a stage", *_OPTIONS)
    format_options = inner(options.get("FILE_FORMAT") or stage.file_format or "()")
    path = _path(stage, format_options, single=is_true(options.get("SINGLE")))
    if not is_true(options.get("OVERWRITE")) and any(file.path == path for file in stage.store.files(path)):
        text = f"Files already existing at the unload destination: {stage.shown(path)}. Use overwrite option"
        raise failure(1030, "42601", f"{text} to force unloading.")  # the number is from memory
    rows = run(session, query, params)
    plain, body = written(rows, format_options, header=is_true(options.get("HEADER")))
    stage.store.write(path, body)
    answer = (rows.table.num_rows, plain, len(body))
    return from_rows(dict.fromkeys(("rows_unloaded", "input_bytes", "output_bytes"), "BIGINT"), [answer])


def _name(reader: Reader) -> str:
    return ".".join('"' + part.replace('"', '""') + '"' for part in reader.name())


def _path(stage: Stage, options: dict[str, str], *, single: bool) -> str:
    folder_only = not stage.path or stage.path.endswith("/")
    if single:
        return f"{stage.path}data" if folder_only else stage.path
    stem = f"{stage.path}data" if folder_only else stage.path.removesuffix("_")
    return f"{stem}_0_0_0{extension(options)}"


def load(session: Session, sql: str, params: Any) -> Result:
    """COPY INTO table FROM @stage …: with the stage's own format; of a stage in S3 the files are fetched before."""
    found = re.search(r"\bFROM\s+\(?(?:.*?\bFROM\s+)?'?(@[^\s')]+)'?", sql, re.IGNORECASE | re.DOTALL)
    text = re.sub(r"'(@[^']+)'", lambda quoted: _unquoted(quoted[1]), sql)
    if found is None and re.search(r"\bFROM\s+'\w+://", sql, re.IGNORECASE):
        raise not_supported("COPY INTO a table from a URL; create a stage there")
    for user_stage in re.findall(r"\b(?:FROM|INTO)\s+'?(@~)", sql, re.IGNORECASE):
        refuse_users_own(user_stage)
    if found is None or found[1].startswith("@%"):
        return _run(session, text, params)
    stage = stage_of(session, _unquoted(found[1]), "READ")
    if stage.file_format and not re.search(r"\bFILE_FORMAT\s*=", text, re.IGNORECASE):
        text += f" FILE_FORMAT = {stage.file_format}"
    if not stage.url:
        return _run(session, text, params)
    if re.search(r"\bPURGE\s*=\s*TRUE", text, re.IGNORECASE):
        raise not_supported("PURGE of files in S3; REMOVE is")
    with _fetching:
        _fetch(stage)
        return _run(session, text, params)


def _unquoted(reference: str) -> str:
    """Snowpark's spelling of a stage without quotes that change nothing."""
    return re.sub(r'"([A-Z_][A-Z0-9_$]*)"', r"\1", reference)


def _run(session: Session, text: str, params: Any) -> Result:
    forget_changed(session)
    statement = parse_one(text, read="snowflake")
    params = resolve_names(statement, params)
    enter(statement, text, NO_PROCEDURES)
    if session.server.privileges.enforced:
        check(session, statement)
        check_stages(session, statement)
    Guard(session).need_warehouse()
    return run_statement(session, statement, params, text)


def _fetch(stage: Stage) -> None:
    """Let the stage's directory here hold what S3 holds under the path."""
    mirror = LocalStore(stage.directory)
    there = {file.path: file for file in stage.store.files(stage.path)}
    here = {file.path: file for file in mirror.files(stage.path)}
    for path in here.keys() - there.keys():
        mirror.remove(path)
    for path, file in there.items():
        if path not in here or here[path].md5 != file.md5:
            mirror.write(path, stage.store.read(path))


def refuse(_session: Session, _sql: str, _params: Any) -> Result:
    """COPY INTO a URL."""
    raise not_supported("COPY INTO a URL; create a stage there")
