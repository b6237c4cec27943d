"""The line of the chaos suite: what passes arrives whole; it can be cut and stalled, and mended again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.chaos.proxy import LOOPBACK, Line

ARRIVES_S = 30.0
MUCH = bytes(range(256)) * 4096


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    """A line in front of a server that answers with what it hears."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(4096):
            writer.write(piece)
        writer.close()

    server = await asyncio.start_server(answer, LOOPBACK, 0)
    line = Line(server.sockets[0].getsockname()[1])
    await line.start()
    yield line
    await line.close()
    server.close()


async def call(line: Line) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(LOOPBACK, line.port)


async def heard(reader: asyncio.StreamReader, size: int) -> bytes:
    return await asyncio.wait_for(reader.readexactly(size), ARRIVES_S)


async def test_what_passes_arrives_whole_and_an_end_is_passed_on(line: Line) -> None:
    reader, writer = await call(line)
    writer.write(MUCH)
    writer.write_eof()
    assert await asyncio.wait_for(reader.read(-1), ARRIVES_S) == MUCH


async def test_a_cut_line_breaks_what_is_connected_and_what_connects_until_it_is_mended(line: Line) -> None:
    reader, writer = await call(line)
    writer.write(b"one")
    assert await heard(reader, 3) == b"one"
    line.cut()
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await heard(reader, 1)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await heard((await call(line))[0], 1)
    line.mend()
    reader, writer = await call(line)
    writer.write(b"two")
    assert await heard(reader, 3) == b"two"


async def test_a_stalled_line_keeps_everything_back_and_loses_nothing(line: Line) -> None:
    reader, writer = await call(line)
    writer.write(b"one")
    assert await heard(reader, 3) == b"one"
    line.stall()
    writer.write(b"two")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reader.readexactly(3), 0.2)
    line.mend()
    assert await heard(reader, 3) == b"two"
