"""What the local cloud answers beside Snowflake's own requests: its health, the faults ordered of it and its meter."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from snowflake.connector.errors import ProgrammingError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from local_cloud.snowflake.buffer_notes import BufferNotes
from local_cloud.snowflake.fault_effects import forget, remember_the_present
from local_cloud.snowflake.faults import read_fault
from local_cloud.snowflake.instance import LocalSnowflake
from local_cloud.snowflake.lifeline import open_files, peak_memory_mib

Answer = Callable[[Request], Awaitable[Response]]


class OwnRoutes:
    """Health, faults and meter of one local Snowflake, over HTTP."""

    def __init__(self, server: LocalSnowflake, kept: Callable[[], dict[str, int]] = dict) -> None:
        """Answer for `server`; `kept` counts what others keep for it."""
        self.server = server
        self.kept = kept
        self.faults = server.faults
        self.buffer_notes = BufferNotes(server.engine)

    def routes(self) -> list[tuple[str, str, Answer]]:
        """(method, path, answer) of each."""
        return [
            ("GET", "/local-cloud/health", self.health),
            ("POST", "/local-cloud/faults", self.order),
            ("GET", "/local-cloud/faults", self.left),
            ("DELETE", "/local-cloud/faults", self.clear),
            ("GET", "/local-cloud/results/{query_id}/{number:int}", self.chunk),
            ("GET", "/local-cloud/meter", self.meter),
            ("DELETE", "/local-cloud/meter", self.reset_meter),
        ]

    async def health(self, _request: Request) -> Response:
        """Whether the server answers, how many sessions are open, what it keeps, and what its process holds."""
        told = {"healthy": True, "service": "snowflake", "sessions": len(self.server.sessions)}
        process = {
            "peak_memory_mib": peak_memory_mib(),
            "threads": threading.active_count(),
            "open_files": open_files(),
        }
        notes = {"buffer notes": await asyncio.to_thread(self.buffer_notes.count)}
        return JSONResponse(told | process | {"kept": self.server.kept() | self.kept() | notes})

    async def order(self, request: Request) -> Response:
        """Order the faults of a JSON list; nothing of a list with a wrong one is taken."""
        try:
            posted: Any = await request.json()
            orders = [read_fault(order) for order in (posted if isinstance(posted, list) else [posted])]
        except (ValueError, TypeError) as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        for fault in orders:
            await asyncio.to_thread(remember_the_present, self.server, fault)
        self.faults.add(orders)
        return await self.left(request)

    async def left(self, _request: Request) -> Response:
        """The faults that still wait."""
        return JSONResponse({"faults": [fault.as_json() for fault in self.faults.left()]})

    async def clear(self, request: Request) -> Response:
        """Forget every fault."""
        for fault in self.faults.clear():
            await asyncio.to_thread(forget, fault)
        return await self.left(request)

    async def chunk(self, request: Request) -> Response:
        """One chunk of a large answer."""
        where, key = request.path_params, request.query_params.get("key", "")
        try:
            made = await asyncio.to_thread(self.server.chunks.chunk, where["query_id"], where["number"], key)
        except ProgrammingError:
            return Response(status_code=404)
        return Response(made, media_type="application/octet-stream", headers={"Content-Encoding": "gzip"})

    async def meter(self, _request: Request) -> Response:
        """What was billed for each warehouse, and which statements needed one."""
        return JSONResponse(await asyncio.to_thread(self._measured))

    async def reset_meter(self, request: Request) -> Response:
        """Count from nothing."""
        self.server.meter.reset()
        return await self.meter(request)

    def _measured(self) -> dict[str, Any]:
        meter = self.server.meter
        return {"warehouses": meter.warehouses(), **meter.totals(), "statements": meter.statements()}
