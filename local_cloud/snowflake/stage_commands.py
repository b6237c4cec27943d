"""CREATE STAGE, DROP STAGE, LIST, REMOVE, PUT, GET."""

import re
import shutil
from typing import Any

from sqlglot import parse_one

from local_cloud.snowflake import object_notes
from local_cloud.snowflake.access_checks import Guard
from local_cloud.snowflake.dynamic_names import with_bound_name
from local_cloud.snowflake.engine import run_statement
from local_cloud.snowflake.errors import COMPILATION, failure, missing, not_supported
from local_cloud.snowflake.integrations import refuse_location
from local_cloud.snowflake.names import resolve
from local_cloud.snowflake.privileges import OWNERSHIP
from local_cloud.snowflake.result import Result, from_rows, status
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.sql_text import Reader
from local_cloud.snowflake.stage_names import refuse_users_own
from local_cloud.snowflake.stage_options import inner, is_true, only, read_options
from local_cloud.snowflake.stage_rights import check_stages
from local_cloud.snowflake.stage_stores import LocalStore
from local_cloud.snowflake.stages import KIND, stage_of

_LINK_S = 3_600
_OPTIONS = ("URL", "STORAGE_INTEGRATION", "CREDENTIALS", "ENCRYPTION", "FILE_FORMAT", "DIRECTORY", "COMMENT")


def create(session: Session, sql: str, params: Any) -> Result:
    """CREATE [OR REPLACE] [TEMPORARY] STAGE [IF NOT EXISTS] name [URL = 's3://…'] …."""
    sql, params = with_bound_name(sql, params)
    reader = Reader(sql)
    words = ["CREATE"]
    reader.expect("CREATE")
    if reader.accept("OR", "REPLACE"):
        words.append("OR REPLACE")
    if reader.accept("TEMP") or reader.accept("TEMPORARY"):
        words.append("TEMPORARY")
    reader.expect("STAGE")
    gently = reader.accept("IF", "NOT", "EXISTS")
    place = resolve(session, reader.name())
    options = read_options(reader)
    only(options, "CREATE STAGE", *_OPTIONS)
    kept = _checked(session, options)
    catalog = session.server.catalog
    quoted = ".".join('"' + part.replace('"', '""') + '"' for part in place)
    text = f"{' '.join(words)} STAGE {'IF NOT EXISTS ' if gently else ''}{quoted}"
    is_there = catalog.get(KIND, place[:2], place[2]) is not None
    result = run_statement(session, parse_one(text, read="snowflake"), params)
    if not (gently and is_there):
        catalog.put(KIND, place[:2], place[2], kept)
        if "COMMENT" in options:
            object_notes.comment_stage(session, place, options["COMMENT"])
    return result


def _checked(session: Session, options: dict[str, str]) -> dict[str, str]:
    if is_true(inner(options.get("DIRECTORY", "()")).get("ENABLE")):
        raise not_supported("directory tables (DIRECTORY = (ENABLE = TRUE))")
    url = options.get("URL", "")
    if url and not re.fullmatch(r"s3://[^/]+(/.*)?", url):
        raise not_supported(f"a stage at {url}; stages are internal, or at s3://bucket/prefix")
    if url and not url.endswith("/"):
        url += "/"
    if url and "STORAGE_INTEGRATION" in options:
        refuse_location(session, options["STORAGE_INTEGRATION"].upper(), url)
    return {"url": url, "file_format": options.get("FILE_FORMAT", "")}


def drop(session: Session, sql: str, _params: Any) -> Result:
    """DROP STAGE [IF EXISTS] name: an internal stage's files go with it."""
    reader = Reader(sql)
    reader.expect("DROP", "STAGE")
    gently = reader.accept("IF", "EXISTS")
    place = database, schema, stage = resolve(session, reader.name())
    session.commit_before_ddl()
    if not gently or Guard(session).held(KIND, place):
        Guard(session).need(KIND, place, OWNERSHIP)
    sql = "DELETE FROM _fs_global._fs_information_schema._fs_stages WHERE database_name=? AND schema_name=? AND name=?"
    (count,) = session.engine.execute(sql, [database, schema, stage]).fetchone() or (0,)
    if not count and not gently:
        raise missing("stage", f"{database}.{schema}.{stage}")
    session.server.catalog.drop(KIND, (database, schema), stage)
    session.server.privileges.forget(KIND, place)
    shutil.rmtree(session.server.stages_dir / database / schema / stage, ignore_errors=True)
    done = f"{stage} successfully dropped."
    return status(done if count else "Drop statement executed successfully (object already dropped).")


def list_files(session: Session, sql: str, _params: Any) -> Result:
    """LIST @stage[/path] [PATTERN = 'regex']."""
    reference, pattern = _arguments(sql)
    stage = stage_of(session, reference, "READ")
    rows = [(stage.shown(f.path), f.size_bytes, f.md5, f.modified) for f in stage.files(pattern)]
    return from_rows({"name": "VARCHAR", "size": "BIGINT", "md5": "VARCHAR", "last_modified": "VARCHAR"}, rows)


def remove(session: Session, sql: str, _params: Any) -> Result:
    """REMOVE @stage[/path] [PATTERN = 'regex']."""
    reference, pattern = _arguments(sql)
    stage = stage_of(session, reference, "WRITE")
    rows = []
    for file in stage.files(pattern):
        stage.store.remove(file.path)
        rows.append((stage.shown(file.path), "removed"))
    return from_rows({"name": "VARCHAR", "result": "VARCHAR"}, rows)


def put(session: Session, sql: str, params: Any) -> Result:
    """PUT file://… @stage: tells the client where to upload to, for internal stages."""
    sql, params = with_bound_name(sql, params)
    text = re.sub(r"'(@[^']+)'", r"\1", sql)
    statement = parse_one(text, read="snowflake")
    target = statement.args["target"].name
    refuse_users_own(target)
    if not target.startswith("@%") and stage_of(session, target, "WRITE").url:
        raise failure(1003, "42000", f"{COMPILATION}PUT works for internal stages; {target} is external.")
    if session.server.privileges.enforced:
        check_stages(session, statement)
    return run_statement(session, statement, params, text)


def get(session: Session, sql: str, _params: Any) -> Result:
    """GET @stage[/path] file://directory [PARALLEL = n] [PATTERN = 'regex']: tells the client where to load from."""
    found = re.match(r"GET\s+'?(@[^\s']+)'?\s+'?file://([^\s']+)'?(.*)", sql.strip(), re.IGNORECASE | re.DOTALL)
    if not found:
        raise failure(1003, "42000", f"{COMPILATION}syntax error; write GET @stage/path file://directory.")
    stage = stage_of(session, found[1], "READ")
    if stage.url:
        raise failure(1003, "42000", f"{COMPILATION}GET works for internal stages; {found[1]} is external.")
    files = stage.files(_arguments(sql)[1])
    server = session.server
    inside = "/".join(stage.place)
    done = status("")
    download = {
        "command": "DOWNLOAD",
        "src_locations": [file.path.rpartition("/")[2] for file in files],
        "presignedUrls": [server.links.address(server.endpoint, f"{inside}/{f.path}", _LINK_S) for f in files],
        "localLocation": found[2],
        "parallel": 4,
        "encryptionMaterial": [],
        "stageInfo": {"locationType": "GCS", "location": f"{stage.place[2]}/", "creds": {}},
    }
    return Result(done.table, done.types, len(files), upload=download)


def _arguments(sql: str) -> tuple[str, str | None]:
    words = sql.split(None, 2)
    if len(words) < 2:
        raise failure(1003, "42000", f"{COMPILATION}syntax error: unexpected '<EOF>'.")
    pattern = re.search(r"PATTERN\s*=\s*'((?:[^']|'')*)'", sql, re.IGNORECASE)
    return words[1], pattern[1].replace("''", "'") if pattern else None


def presigned_url(session: Session, arguments: list[str]) -> str:
    """GET_PRESIGNED_URL(@stage, 'path' [, seconds]): a link that works without signing in until it expires."""
    expiry_s = int(arguments[2]) if len(arguments) > 2 else _LINK_S
    reference = arguments[0] if arguments[0].startswith("@") else f"@{arguments[0]}"
    stage, server = stage_of(session, reference, "READ"), session.server
    path = stage.path + arguments[1]
    if isinstance(stage.store, LocalStore):
        return server.links.address(server.endpoint, "/".join((*stage.place, path)), expiry_s)
    return stage.store.address(path, expiry_s)
