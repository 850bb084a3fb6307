"""A slow way to a server: each of its answers comes a while later.

``python -m benchmarks.relay PORT TO SECONDS`` passes on what comes to one port of this
machine to another; smtp-sink itself delays by whole seconds only.
"""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from benchmarks.servers import end, free_port, wait_for

HOST: Final = "127.0.0.1"
_CHUNK: Final = 65_536


@contextmanager
def delaying(to_port: int, seconds: float) -> Iterator[int]:
    """Relay to a server until the block ends; give the port of the slow way."""
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "benchmarks.relay"),
            *(str(port), str(to_port), str(seconds)),
        ],
        process_group=0,
    )
    try:
        wait_for(port, process)
        yield port
    finally:
        end(process)


async def relay(port: int, to_port: int, seconds: float) -> None:
    """Pass on what comes, at once; what is answered, after so many seconds."""

    async def serve(asked: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        answered, ask = await asyncio.open_connection(HOST, to_port)
        await asyncio.gather(_pass(asked, ask, 0), _pass(answered, answer, seconds))

    async with await asyncio.start_server(serve, HOST, port) as server:
        await server.serve_forever()


async def _pass(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, seconds: float
) -> None:
    """Hold back each piece; the dialogue has one at a time."""
    with suppress(ConnectionError):
        while piece := await reader.read(_CHUNK):
            await asyncio.sleep(seconds)
            writer.write(piece)
            await writer.drain()
    writer.close()


if __name__ == "__main__":
    asyncio.run(relay(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
