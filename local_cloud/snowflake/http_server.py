"""The HTTP face: the requests that Snowflake's clients send, answered in Snowflake's form."""

import asyncio
import gzip
import json
import secrets
import threading
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final
from weakref import WeakValueDictionary

from snowflake.connector.errors import Error, ProgrammingError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from local_cloud.snowflake import responses
from local_cloud.snowflake.bindings import read_bindings
from local_cloud.snowflake.credentials import prove
from local_cloud.snowflake.errors import CANCELLED, failure, translate
from local_cloud.snowflake.fault_effects import LostReply, breakable, network_policy, struck
from local_cloud.snowflake.faults import LOGIN, Fault, statement_class
from local_cloud.snowflake.instance import LocalSnowflake
from local_cloud.snowflake.kept_statements import Ended
from local_cloud.snowflake.logins import read_login
from local_cloud.snowflake.own_routes import OwnRoutes
from local_cloud.snowflake.running import Running, Statement, statement_work
from local_cloud.snowflake.session import Session
from local_cloud.snowflake.session_commands import set_at_login
from local_cloud.snowflake.stage_stores import write_whole
from local_cloud.snowflake.tokens import MASTER_VALIDITY_S, Tokens, session_ended

_ANSWER_WITHIN_S: Final = 45.0  # Snowflake answers "still running" after 45 s and the client asks again
_IN_PROGRESS: Final = "333333"
_IN_PROGRESS_ASYNC: Final = "333334"
_VERSION: Final = "10.0.0"


class Face:
    """The routes over one local Snowflake."""

    def __init__(self, server: LocalSnowflake) -> None:
        """Serve `server`."""
        self.server = server
        self.running = Running()
        self.own = OwnRoutes(server, lambda: {"statements": len(self.running.kept), "turns": len(self._turns)})
        self.tokens = Tokens(server.sessions, server.now_s)
        server.end_token = partial(self.tokens.end, code=390111)
        self._turns: WeakValueDictionary[str, threading.Lock] = WeakValueDictionary()  # as long as statements do

    def app(self) -> ASGIApp:
        """The ASGI application."""
        routes: list[tuple[str, str, Callable[[Request], Awaitable[Response]]]] = [
            ("POST", "/session/v1/login-request", self.login),
            ("POST", "/session", self.session),
            ("POST", "/session/heartbeat", self.heartbeat),
            ("POST", "/session/token-request", self.renew),
            ("POST", "/queries/v1/query-request", self.query),
            ("POST", "/queries/v1/abort-request", self.abort),
            ("GET", "/queries/{query_id}/result", self.result),
            ("GET", "/monitoring/queries/{query_id}", self.monitor),
            ("PUT", "/stages/{path:path}", self.upload),
            ("GET", "/stages/{path:path}", self.download),
            ("POST", "/telemetry/send", self.telemetry),
            *self.own.routes(),
        ]
        app = Starlette(routes=[Route(path, _guarded(act), methods=[method]) for method, path, act in routes])
        return breakable(app)

    async def login(self, request: Request) -> Response:
        """Open a session; a user that was made with no credential is believed, so the server binds to 127.0.0.1."""
        body = await _body(request)
        login, parameters = read_login(request.query_params, body["data"], self.server.catalog)
        fault = self.own.faults.take(LOGIN, login.user)
        if fault and fault.kind == "unavailable":
            return Response(status_code=fault.status)
        if fault and fault.kind == "network_policy":
            raise network_policy(request.client.host if request.client else "unknown")
        if fault:
            await asyncio.sleep(fault.seconds)
        if not self.server.is_known(login.user):
            raise failure(390100, "28000", "Incorrect username or password was specified.")
        kept = self.server.catalog.get("USER", ("", ""), login.user)
        prove(kept["options"] if kept else None, login.user, body["data"])
        if not self.server.may_use_role(login.user, login.role):
            raise failure(390189, "08001", f"Role '{login.role}' does not exist or is not granted to this user.")
        session = await asyncio.to_thread(self.server.open_session, login)
        await asyncio.to_thread(set_at_login, session, parameters)
        token = self.tokens.issue(session)
        return responses.success(
            {
                "token": token,
                "masterToken": secrets.token_urlsafe(24),
                "validityInSeconds": 3_600,
                "masterValidityInSeconds": MASTER_VALIDITY_S,
                "sessionId": int(session.session_id),
                "serverVersion": _VERSION,
                "parameters": responses.parameters(session),
                "sessionInfo": responses.place(session),
            }
        )

    async def session(self, request: Request) -> Response:
        """Close the session when the client says so."""
        token = _token(request)
        if request.query_params.get("delete"):
            session = self.server.sessions.pop(token, None)
            if session and session not in self.server.sessions.values():  # a handler's token is a second one
                await asyncio.to_thread(session.end)
        return responses.success(None)

    async def heartbeat(self, request: Request) -> Response:
        """Say whether the session lives."""
        self.server.session_of(_token(request))
        return responses.success(None)

    async def renew(self, request: Request) -> Response:
        """A new session token for one that has expired."""
        old = (await _body(request)).get("oldSessionToken") or _token(request)
        token = await asyncio.to_thread(self.tokens.renew, old)
        data = {"sessionToken": token, "masterToken": secrets.token_urlsafe(24), "validityInSecondsST": 3_600}
        return responses.success(data | {"masterValidityInSeconds": MASTER_VALIDITY_S})

    async def query(self, request: Request) -> Response:
        """Run a statement, or join the one this request started before its connection broke."""
        token = _token(request)
        self.tokens.refuse_ended(token)
        session = self.server.session_of(token)
        body = await _body(request)
        request_id = request.query_params.get("requestId", "")
        statement = self.running.kept.of_request(session.login.user, request_id)
        if statement is None:
            fault = None if body.get("describeOnly") else self._fault(body["sqlText"])
            if fault and fault.kind == "unavailable":
                return Response(status_code=fault.status)
            if fault and fault.kind == "session_gone":
                await asyncio.to_thread(self.tokens.end, token, fault.code)
                raise session_ended(390112 if fault.code == 390114 else fault.code)  # 390114 answers the renewal
            statement = self.running.start(self._statement(token, session, body, fault), request_id)
        if body.get("asyncExec"):
            return responses.in_progress(statement.query_id, _IN_PROGRESS_ASYNC)
        return await self._answer(request, session, statement)

    def _fault(self, sql: str) -> Fault | None:
        return self.own.faults.take(statement_class(sql), sql) if self.own.faults.left() else None

    def _statement(self, token: str, session: Session, body: dict[str, Any], fault: Fault | None) -> Statement:
        turn = self._turns.setdefault(token, threading.Lock())
        asked = (body["sqlText"], read_bindings(body.get("bindings")))
        if body.get("describeOnly"):
            return Statement(session, turn, statement_work(session, *asked, only_describe=True))
        return struck(fault, session, turn, asked)

    async def result(self, request: Request) -> Response:
        """The answer of a statement that was still running when it was last asked for."""
        session = self.server.session_of(_token(request))
        statement = self.running.kept.of_query(session.login.user, request.path_params["query_id"])
        if statement is None:
            raise failure(612, "02000", f"Result for query {request.path_params['query_id']} has not been found")
        return await self._answer(request, session, statement)

    async def _answer(self, request: Request, session: Session, statement: Statement | Ended) -> Response:
        try:
            if statement.lost_answers > 0:
                await asyncio.wait([asyncio.wrap_future(statement.done)])
                statement.lost_answers -= 1
                return LostReply()
            result = await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(statement.done)), _ANSWER_WITHIN_S)
        except TimeoutError:
            return responses.in_progress(statement.query_id, _IN_PROGRESS)
        except Error as error:
            if error.errno == CANCELLED:
                self.tokens.refuse_ended(_token(request))  # its session ended under it, which says more
            return responses.refusal(error, statement.query_id)
        return await asyncio.to_thread(responses.rows, request, session, result)

    async def abort(self, request: Request) -> Response:
        """Cancel the statement of a request."""
        user = self.server.session_of(_token(request)).login.user
        self.running.cancel(user, (await _body(request)).get("requestId", ""))
        return responses.success(None)

    async def monitor(self, request: Request) -> Response:
        """How a statement fares, for clients that started it asynchronously."""
        user = self.server.session_of(_token(request)).login.user
        query_id = request.path_params["query_id"]
        statement = self.running.kept.of_query(user, query_id)
        if statement is None:
            return responses.success({"queries": []})
        fate: dict[str, Any] = {"id": query_id, "status": "RUNNING"}
        if statement.done.done():
            error = statement.done.exception()
            fate["status"] = "SUCCESS" if error is None else "FAILED_WITH_ERROR"
            if isinstance(error, Error):
                fate |= {"errorCode": f"{error.errno:06d}", "errorMessage": error.raw_msg or error.msg}
        return responses.success({"queries": [fate]})

    async def upload(self, request: Request) -> Response:
        """Take the bytes of a PUT."""
        root = self.server.stages_dir.resolve()
        file = (root / request.path_params["path"]).resolve()
        if not file.is_relative_to(root):
            return Response(status_code=403)
        body = await request.body()
        await asyncio.to_thread(write_whole, file, body)
        return Response()

    async def download(self, request: Request) -> Response:
        """The bytes of a staged file, to whoever has a link that is good."""
        path, asked = request.path_params["path"], request.query_params
        if not self.server.links.is_good(path, asked.get("expires", "0"), asked.get("signature", "")):
            return Response("the link is not good, or not any more", status_code=403)
        file = (self.server.stages_dir.resolve() / path).resolve()
        if not file.is_relative_to(self.server.stages_dir.resolve()) or not file.is_file():
            return Response(status_code=404)
        return FileResponse(file, media_type="application/octet-stream")

    async def telemetry(self, _request: Request) -> Response:
        """Clients may tell what they did; nothing is kept."""
        return responses.success("Log Received")


def _guarded(act: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
    # HTTP 500 would make clients repeat the request until their time-out; a refusal is an answer.
    async def answer(request: Request) -> Response:
        try:
            return await act(request)
        except Exception as error:  # noqa: BLE001  see above
            return responses.refusal(translate(error), "")

    return answer


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    if request.headers.get("Content-Encoding") == "gzip":
        raw = gzip.decompress(raw)
    body: dict[str, Any] = json.loads(raw) if raw else {}
    return body


def _token(request: Request) -> str:
    header = request.headers.get("Authorization", "")
    if 'Token="' not in header:
        raise ProgrammingError(msg="Session token not found in the request data.", errno=390103, sqlstate="08001")
    return header.split('Token="', 1)[1].rstrip('"')
