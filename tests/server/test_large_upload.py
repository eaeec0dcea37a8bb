"""A gigabyte through the server: it goes to the disk, not into its memory."""

from __future__ import annotations

import asyncio

import numpy as np
import psutil
import pytest

from .server_support import BOUNDARY, emptied, read

pytestmark = pytest.mark.slow
MOST = 50 * 1024**2


def resident() -> int:
    return psutil.Process().memory_info().rss


@pytest.mark.timeout(900)
async def test_a_gigabyte_costs_no_memory(fetch, jp_serverapp, jp_auth_header, home, tmp_path):
    file = tmp_path / "large.npz"
    x = np.random.default_rng(0).integers(0, 256, (1024, 1, 1024, 1024), dtype=np.uint8)
    np.savez(file, x=x, y=np.arange(1024) % 10)
    del x
    await fetch("datasets")  # what loads, loads now
    before = peak = resident()
    stop = False

    async def watch() -> None:
        nonlocal peak
        while not stop:
            peak = max(peak, resident())
            await asyncio.sleep(0.02)

    watching = asyncio.create_task(watch())
    answer = await send(file, jp_serverapp, jp_auth_header)
    stop = True
    await watching
    assert b"201 Created" in answer.splitlines()[0], answer[-1000:]
    assert peak - before < MOST, f"{(peak - before) / 1e6:.0f} MB"
    told = read(await fetch("datasets", params={"search": "large"}))["items"][0]
    assert told["size"] > 10**9
    await emptied(home / "tmp")


async def send(file, jp_serverapp, jp_auth_header) -> bytes:
    """Send `file` over a plain socket, a piece at a time; return the answer."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="name"\r\n\r\nlarge\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="l.npz"\r\n\r\n'
    ).encode()
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()
    length = len(head) + file.stat().st_size + len(tail)
    lines = [
        f"POST {jp_serverapp.base_url}spikex/api/v1/datasets HTTP/1.1",
        "Host: 127.0.0.1",
        *(f"{name}: {value}" for name, value in jp_auth_header.items()),
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}",
        f"Content-Length: {length}",
        "Connection: close",
    ]
    reader, writer = await asyncio.open_connection("127.0.0.1", jp_serverapp.port)
    writer.write("\r\n".join([*lines, "", ""]).encode() + head)
    with file.open("rb") as stream:
        while chunk := stream.read(256 * 1024):
            writer.write(chunk)
            await writer.drain()
    writer.write(tail)
    answer = await reader.read()
    writer.close()
    return answer
