"""``python -m crosslinks.bench.mail_server``: a mail server that takes everything and keeps nothing.

It prints its port. Its own process, so that what it costs is not the sender's.
"""

from __future__ import annotations

import asyncio
import sys

MOST_BYTES = 1 << 26
GREETING = b"250-bench\r\n250-SIZE 33554432\r\n250 8BITMIME\r\n"


async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hold one conversation."""
    writer.write(b"220 bench\r\n")
    while line := await reader.readline():
        command = line[:4].upper()
        if command == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            await reader.readuntil(b"\r\n.\r\n")
        writer.write({b"EHLO": GREETING, b"QUIT": b"221 bye\r\n"}.get(command, b"250 taken\r\n"))
        await writer.drain()
        if command == b"QUIT":
            break
    writer.close()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(talk, "127.0.0.1", 0, limit=MOST_BYTES)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
