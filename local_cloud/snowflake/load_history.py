"""Which staged files were loaded already: a file that was written anew since then counts as another one."""

import datetime as dt
from pathlib import Path

from local_cloud.snowflake.session import Session


def forget_changed(session: Session) -> None:
    """Forget the loads of files of the current database's COPYs that have changed since."""
    if not session.database:
        return
    history = f'"{session.database}"._fs_information_schema._fs_load_history'
    loaded = session.engine.execute(f"SELECT file_name, max(last_load_time) FROM {history} GROUP BY 1").fetchall()  # noqa: S608  a quoted name
    changed = [name for name, loaded_at in loaded if _written_at(name) > loaded_at]
    for name in changed:
        session.engine.execute(f"DELETE FROM {history} WHERE file_name = ?", [name])  # noqa: S608  a quoted name


def _written_at(name: str) -> dt.datetime:
    file = Path(name.removeprefix("file://"))
    seconds = file.stat().st_mtime if file.exists() else 0.0
    return dt.datetime.fromtimestamp(seconds, tz=dt.UTC)
