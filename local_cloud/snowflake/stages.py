"""Stages by their references, and the files in them."""

import re
from dataclasses import dataclass
from pathlib import Path

from local_cloud.snowflake.errors import COMPILATION, failure, missing
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.stage_names import is_of_table, read_reference
from local_cloud.snowflake.stage_rights import need_stage
from local_cloud.snowflake.stage_stores import LocalStore, S3Store, StagedFile, s3_client

KIND = "STAGE"


def directory_of(session: Session, reference: str, at: tuple[str, str] | None = None) -> tuple[Path, str, str]:
    """(directory of the stage, path within it, stage name) of `@stage/path`.

    Raises:
        ProgrammingError: 001003 for what is no stage reference, 002003 for a stage that does not exist.
    """
    (database, schema, stage), path = read_reference(session, reference, at)
    if is_of_table(reference):
        stage = f"%{stage}"
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


@dataclass(frozen=True)
class Stage:
    """A stage and the path that a reference names in it; `url` is empty for an internal one."""

    place: tuple[str, str, str]
    path: str
    directory: Path
    url: str
    file_format: str
    store: LocalStore | S3Store

    def shown(self, path: str) -> str:
        """How LIST names a file."""
        return self.url + path if self.url else f"{self.place[2].lower()}/{path}"

    def files(self, pattern: str | None = None) -> list[StagedFile]:
        """The files at the path of the reference, of those only the ones whose shown name matches."""
        found = self.store.files(self.path)
        return [f for f in found if pattern is None or re.search(pattern, self.shown(f.path))]


def stage_of(session: Session, reference: str, privilege: str) -> Stage:
    """The stage that `@stage/path` names, for a role that has this privilege on it.

    Raises:
        ProgrammingError: 001003 for what is no stage reference, 002003 for a stage that does not exist or that the
            role may not see, 003001 without the privilege.
    """
    need_stage(session, reference, privilege)
    directory, path, name = directory_of(session, reference)
    database, schema = directory.parent.parent.name, directory.parent.name
    kept = session.server.catalog.get(KIND, (database, schema), name) or {}
    url = str(kept.get("url", ""))
    place = (database, schema, name)
    file_format = str(kept.get("file_format", ""))
    if not url:
        return Stage(place, path, directory, "", file_format, LocalStore(directory))
    bucket, _, prefix = url.removeprefix("s3://").partition("/")
    store = S3Store(s3_client(session.server.aws_endpoint_url), bucket, prefix)
    return Stage(place, path, directory, url, file_format, store)
