"""Answers in the form that Snowflake's clients read."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from snowflake.connector.errors import Error
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.snowflake import wire
from local_cloud.snowflake.chunks import is_large
from local_cloud.snowflake.result import Result
from local_cloud.snowflake.session import Session

_TOLD = {"AUTOCOMMIT", "TIMEZONE", "CLIENT_SESSION_KEEP_ALIVE", "QUERY_TAG", "ABORT_DETACHED_QUERY"}
_FIXED = {
    "CLIENT_SESSION_KEEP_ALIVE_HEARTBEAT_FREQUENCY": 3_600,
    "CLIENT_STAGE_ARRAY_BINDING_THRESHOLD": 0,  # arrays come inline and not through a stage
    "CLIENT_TELEMETRY_ENABLED": False,
    "PYTHON_CONNECTOR_QUERY_RESULT_FORMAT": "arrow",
    "QUERY_CONTEXT_CACHE_SIZE": 0,
}


def success(data: Any) -> Response:
    """A request that worked."""
    return JSONResponse({"data": data, "code": None, "message": None, "success": True})


def refusal(error: Error, query_id: str) -> Response:
    """A request that failed, with Snowflake's number; still HTTP 200, because a client repeats a 500."""
    code = f"{error.errno or 2:06d}"
    data = {"errorCode": code, "sqlState": error.sqlstate, "queryId": query_id, "internalError": False}
    message = str(error.raw_msg or error.msg)
    return JSONResponse({"data": data, "code": code, "message": message, "success": False})


def in_progress(query_id: str, code: str) -> Response:
    """A statement that still runs: where to ask for its answer."""
    data = {"queryId": query_id, "getResultUrl": f"/queries/{query_id}/result"}
    return JSONResponse({"data": data, "code": code, "message": "Query execution in progress", "success": True})


def parameters(session: Session) -> list[dict[str, Any]]:
    """The session parameters that clients act on."""
    values = {name: value for name, value in session.parameters.items() if name in _TOLD} | _FIXED
    return [{"name": name, "value": value} for name, value in values.items()]


def place(session: Session) -> dict[str, Any]:
    """Where the session stands and as whom."""
    return {
        "databaseName": session.database,
        "schemaName": session.schema if session.schema_set else None,
        "warehouseName": session.warehouse,
        "roleName": session.role,
    }


def rows(request: Request, session: Session, result: Result) -> Response:
    """The answer of a statement: its columns and rows, or where to upload a file."""
    if result.upload is not None:
        return success(_upload_address(request, session, dict(result.upload)))
    rowtype = wire.describe(result)
    first, more = result, dict[str, Any]()
    if is_large(result):
        first, chunks = session.server.chunks.split(result, f"{request.url.scheme}://{request.url.netloc}")
        more = {"chunks": chunks, "chunkHeaders": {}}
    final = {f"final{name[0].upper()}{name[1:]}": value for name, value in place(session).items()}
    return success(
        {
            "parameters": parameters(session),
            "rowtype": rowtype,
            "total": result.table.num_rows,
            "returned": result.table.num_rows,
            **more,
            "queryId": result.query_id,
            "statementTypeId": result.statement_type,
            **final,
            **wire.payload(first, rowtype),
        }
    )


def _upload_address(request: Request, session: Session, upload: dict[str, Any]) -> dict[str, Any]:
    if upload["command"] == "DOWNLOAD":
        return upload
    # The one kind of storage to which the connector uploads by a plain HTTP PUT is a presigned GCS address.
    directory = Path(upload["stageInfo"]["location"])
    name = Path(upload["src_locations"][0]).name
    path = quote(str((directory / name).relative_to(session.server.stages_dir.resolve())))
    address = f"{request.url.scheme}://{request.url.netloc}/stages/{path}"
    info = {"locationType": "GCS", "location": f"{directory.name}/", "creds": {}, "presignedUrl": address}
    return {**upload, "stageInfo": info}
